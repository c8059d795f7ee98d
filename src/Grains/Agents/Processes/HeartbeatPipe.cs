using System.IO.Pipes;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace OrleansHealing.Agents.Processes;

/// <summary>
/// Reads the named pipe by which a process beats. The guardian made it and holds it open for writing, so it ends with the guardian
/// and whoever else writes.
/// </summary>
internal sealed partial class HeartbeatPipe : IDisposable
{
    /// <summary>Its name in the directory.</summary>
    public const string FileName = "heartbeat";

    /// <summary>Characters of a line that are read; a longer one is refused.</summary>
    private const int MaxLineLength = 64 * 1024;

    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(10);
    private readonly AnonymousPipeClientStream _stream;

    private HeartbeatPipe(SafePipeHandle handle)
    {
        // A file stream would hold a thread for each read; this one waits by epoll, as the pipes of stdout do.
        _stream = new AnonymousPipeClientStream(PipeDirection.In, handle);
    }

    /// <summary>Opens the pipe in <paramref name="directory"/>.</summary>
    /// <exception cref="TimeoutException">Nobody holds it open for writing.</exception>
    public static async Task<HeartbeatPipe> OpenAsync(string directory, TimeProvider time)
    {
        // To open it waits for a writer, which is there unless the guardian has just died.
        var opening = Task.Run(() => File.OpenHandle(Path.Combine(directory, FileName), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        using var file = await opening.WaitAsync(OpenPatience, time);
        var handle = new SafePipeHandle(file.DangerousGetHandle(), ownsHandle: true);
        file.SetHandleAsInvalid();
        return new HeartbeatPipe(handle);
    }

    /// <summary>Takes beats until the pipe ends. A line that is no beat is logged, and is no life sign.</summary>
    public Task ReadAsync(AgentContext context, ChildBeats beats, OutputLimit complaints, CancellationToken cancellationToken) =>
        LineReader.ReadAsync(
            _stream,
            MaxLineLength,
            (line, isCut) =>
            {
                var (beat, fault) = isCut ? (null, $"it has more than {MaxLineLength} characters") : HeartbeatLine.Read(line, context.Incarnation);
                if (beat is not null)
                {
                    beats.Take(beat.Progress, beat.ExpectedSilence);
                }
                else if (complaints.Takes())
                {
                    LogNoBeat(context.Logger, context.Id, fault!);
                }
            },
            cancellationToken);

    public void Dispose() => _stream.Dispose();

    [LoggerMessage(7203, LogLevel.Warning, "A line in the heartbeat pipe of {AgentId} is no heartbeat: {Fault}")]
    private static partial void LogNoBeat(ILogger logger, AgentId agentId, string fault);
}
