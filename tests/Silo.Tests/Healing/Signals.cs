using System.Diagnostics;
using System.Globalization;

namespace OrleansHealing.Silo.Healing;

/// <summary>Signals that the framework has no name for.</summary>
internal static class Signals
{
    public static async Task SendAsync(string signal, int pid)
    {
        using var kill = Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode is not 0)
        {
            throw new InvalidOperationException($"Signal {signal} did not reach process {pid}.");
        }
    }
}
