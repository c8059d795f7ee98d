using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace OrleansHealing.Chaos.Effects;

/// <summary>
/// Where bodies leave their traces: a file for each body, in a directory that the checker owns. A file of one's own needs no
/// lock, so a body that should not be there writes as freely as one that should.
/// </summary>
internal sealed class EffectFile : IDisposable
{
    private readonly FileStream _file;

    public EffectFile(string directory, string agent, long incarnation)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{agent}~{incarnation}~{Environment.ProcessId}~{Guid.NewGuid():N}");
        _file = new FileStream(Path.Combine(directory, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Writes a line that is with the system when this returns: what kills the process does not take it back.</summary>
    public void Write(EffectKind kind, long number) => _file.Write(
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind} {number} {Stopwatch.GetTimestamp()}\n")));

    public void Dispose() => _file.Dispose();

    /// <summary>Reads all traces of a directory. A last line that was cut off is none.</summary>
    public static IReadOnlyList<Effect> ReadAll(string directory)
    {
        var effects = new List<Effect>();
        foreach (var path in Directory.EnumerateFiles(directory))
        {
            if (Path.GetFileName(path).Split('~') is not [var agent, var incarnation, var pid, var body])
            {
                continue;
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            var text = reader.ReadToEnd();
            foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = line.Split(' ');
                effects.Add(new Effect(
                    agent, Number(incarnation), (int)Number(pid), body, Enum.Parse<EffectKind>(parts[0]), Number(parts[1]), Number(parts[2])));
            }
        }

        return effects;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
