using System.Runtime.InteropServices;

namespace OrleansHealing.Silo.Launching;

/// <summary>This process as a launcher: the signals of the system around <see cref="SiloLauncher"/>.</summary>
internal static class LauncherProcess
{
    /// <summary>Runs the silos until they have ended. Ctrl+C and SIGTERM stop them in order; a second one ends the launcher at once.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<PlannedSilo> silos, TextWriter output, TextWriter errors, TimeProvider time)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop);
        return await new SiloLauncher(output, errors, time).RunAsync(silos, stop.Token);
    }
}
