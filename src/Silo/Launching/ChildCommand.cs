using System.Diagnostics;

namespace OrleansHealing.Silo.Launching;

/// <summary>A process to start: the executable and its arguments, as they are handed to the system, without a shell.</summary>
internal sealed record ChildCommand(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>The same command with more arguments after its own.</summary>
    public ChildCommand With(IEnumerable<string> more) => this with { Arguments = [.. Arguments, .. more] };

    /// <summary>How to start it with all three standard streams in the hands of the starter.</summary>
    public ProcessStartInfo ToStartInfo()
    {
        var info = new ProcessStartInfo(FileName)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments)
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }
}
