using Docker.DotNet;
using OrleansHealing.Agents.Processes;

namespace OrleansHealing.Backends.Docker;

/// <summary>Reads the end of a log, however long that is, in a fixed size of memory.</summary>
internal static class DockerLastWords
{
    private const int Kept = 32 * 1024;
    private const int MaxLineLength = 2000;

    /// <summary>The last lines in one.</summary>
    public static async Task<string> ReadAsync(MultiplexedStream log, CancellationToken cancellationToken)
    {
        var window = new byte[2 * Kept];
        var length = 0;
        while (await log.ReadOutputAsync(window, length, window.Length - length, cancellationToken) is { EOF: false } read)
        {
            length += read.Count;
            if (length == window.Length)
            {
                window.AsSpan(Kept).CopyTo(window);
                length = Kept;
            }
        }

        var tail = new OutputTail();
        using var end = new MemoryStream(window, 0, length);
        await LineReader.ReadAsync(end, MaxLineLength, (line, _) => tail.Add(line), cancellationToken);
        return tail.ToString();
    }
}
