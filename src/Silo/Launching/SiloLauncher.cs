using System.Diagnostics;

namespace OrleansHealing.Silo.Launching;

/// <summary>
/// Runs several silos on one machine, each a process of its own, so that each can be killed like a machine. They end with
/// the launcher, however it ends; a silo that ends on its own is reported and left dead, since that is what one came to see.
/// One that never came up is no such sight: it ends the launch, with the reason that it gave.
/// </summary>
internal sealed class SiloLauncher(TextWriter output, TextWriter errors, TimeProvider time)
{
    /// <summary>How long silos may take to stop in order before they are killed.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Lock _writing = new();

    /// <summary>
    /// Starts all silos and returns when all have ended, which <paramref name="stop"/> asks them to.
    /// </summary>
    /// <returns>The worst exit code of them: the largest; or that of the one that could not start.</returns>
    public async Task<int> RunAsync(IReadOnlyList<PlannedSilo> silos, CancellationToken stop)
    {
        using var launch = new Launch(stop);
        var running = new List<(PlannedSilo Silo, Process Process)>();
        try
        {
            foreach (var silo in silos)
            {
                running.Add((silo, Start(silo)));
            }

            var ends = running.Select(silo => RunOneAsync(silo.Silo.Name, silo.Process, launch)).ToArray();
            var worst = (await Task.WhenAll(ends)).Max();
            return launch.StartFailure ?? worst;
        }
        finally
        {
            foreach (var (_, process) in running)
            {
                process.Dispose();
            }
        }
    }

    private static Process Start(PlannedSilo silo) =>
        Process.Start(silo.Command.ToStartInfo())
            ?? throw new InvalidOperationException($"{silo.Name}: '{silo.Command.FileName}' could not be started.");

    private async Task<int> RunOneAsync(string name, Process process, Launch launch)
    {
        var isUp = false;
        var copying = Task.WhenAll(
            CopyAsync(name, process.StandardOutput, output, line => isUp |= UpLine.Is(line, name)),
            CopyAsync(name, process.StandardError, errors, static _ => { }));
        try
        {
            await process.WaitForExitAsync(launch.Stop);
        }
        catch (OperationCanceledException) when (launch.Stop.IsCancellationRequested)
        {
            await StopAsync(name, process);
        }

        // Waits for the last lines, but not for a grandchild that inherited the pipe and keeps it open.
        await Task.WhenAny(copying, Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None));
        if (launch.Stop.IsCancellationRequested)
        {
            return process.ExitCode;
        }

        if (!isUp && process.ExitCode is not 0)
        {
            WriteLine(errors, name, $"ended with exit code {process.ExitCode} before it was up; the launch is given up");
            launch.GiveUp(process.ExitCode);
            return process.ExitCode;
        }

        WriteLine(output, name, $"ended with exit code {process.ExitCode}; it is not started again");
        return process.ExitCode;
    }

    private async Task StopAsync(string name, Process process)
    {
        // The end of its input is the order to stop (ParentWatch).
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit, time);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            WriteLine(errors, name, $"did not stop within {StopLimit.TotalSeconds:0} s and is killed");
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task CopyAsync(string name, StreamReader from, TextWriter to, Action<string> see)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            see(line);
            WriteLine(to, name, line);
        }
    }

    private void WriteLine(TextWriter to, string name, string line)
    {
        // One lock for both streams: they are mostly the same terminal, and half lines there help nobody.
        lock (_writing)
        {
            to.WriteLine($"[{name}] {line}");
            to.Flush();
        }
    }

    /// <summary>One run of the launcher: the order to stop, which a silo that cannot start gives as well.</summary>
    private sealed class Launch(CancellationToken stop) : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        private readonly Lock _lock = new();

        public CancellationToken Stop => _stop.Token;

        /// <summary>The exit code of the first silo that could not start.</summary>
        public int? StartFailure { get; private set; }

        public void GiveUp(int exitCode)
        {
            lock (_lock)
            {
                StartFailure ??= exitCode;
            }

            _stop.Cancel();
        }

        public void Dispose() => _stop.Dispose();
    }
}
