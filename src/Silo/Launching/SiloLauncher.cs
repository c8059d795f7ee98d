using System.Diagnostics;

namespace OrleansHealing.Silo.Launching;

/// <summary>
/// Runs several silos on one machine, each a process of its own, so that each can be killed like a machine. They end with
/// the launcher, however it ends; a silo that ends on its own is reported and left dead, since that is what one came to see.
/// </summary>
internal sealed class SiloLauncher(TextWriter output, TextWriter errors, TimeProvider time)
{
    /// <summary>How long silos may take to stop in order before they are killed.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Lock _writing = new();

    /// <summary>
    /// Starts all silos and returns when all have ended, which <paramref name="stop"/> asks them to.
    /// </summary>
    /// <returns>The worst exit code of them: the largest.</returns>
    public async Task<int> RunAsync(IReadOnlyList<PlannedSilo> silos, CancellationToken stop)
    {
        var running = new List<(PlannedSilo Silo, Process Process)>();
        try
        {
            foreach (var silo in silos)
            {
                running.Add((silo, Start(silo)));
            }

            var ends = running.Select(silo => RunOneAsync(silo.Silo.Name, silo.Process, stop)).ToArray();
            return (await Task.WhenAll(ends)).Max();
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

    private async Task<int> RunOneAsync(string name, Process process, CancellationToken stop)
    {
        var copying = Task.WhenAll(
            CopyAsync(name, process.StandardOutput, output),
            CopyAsync(name, process.StandardError, errors));
        try
        {
            await process.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await StopAsync(name, process);
        }

        // Waits for the last lines, but not for a grandchild that inherited the pipe and keeps it open.
        await Task.WhenAny(copying, Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None));
        if (!stop.IsCancellationRequested)
        {
            WriteLine(output, name, $"ended with exit code {process.ExitCode}; it is not started again");
        }

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

    private async Task CopyAsync(string name, StreamReader from, TextWriter to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
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
}
