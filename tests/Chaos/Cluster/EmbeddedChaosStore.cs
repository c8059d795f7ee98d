using System.Diagnostics;
using OrleansHealing.Hosting;
using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Chaos.Cluster;

/// <summary>The embedded store: the silos start it, and start it again when it died.</summary>
internal sealed class EmbeddedChaosStore(string directory) : IChaosStore
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private int? _killed;

    public IReadOnlyList<string> SiloOptions => ["--store-directory", directory, "--Healing:EmbeddedStore:Linger=00:00:20"];

    public string? ConnectionString => Endpoint?.ConnectionString;

    public int? Pid => Endpoint is { } endpoint && IsAlive(endpoint.Pid) ? endpoint.Pid : null;

    public bool TearsScripts => true;

    private EmbeddedStoreEndpoint? Endpoint => EmbeddedStoreEndpoint.TryRead(directory, out var endpoint) ? endpoint : null;

    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public async Task KillAsync()
    {
        _killed = Pid;
        await SignalAsync("KILL");
    }

    public async Task ReturnAsync(CancellationToken cancellation)
    {
        while (Pid is not { } pid || pid == _killed)
        {
            await Task.Delay(Pause, cancellation);
        }
    }

    /// <summary>Ends every process that was started as the store of this directory: one may be only starting, and have no endpoint yet.</summary>
    public async ValueTask DisposeAsync()
    {
        while (Processes() is [_, ..] processes)
        {
            foreach (var process in processes)
            {
                process.Kill();
                await process.WaitForExitAsync();
                process.Dispose();
            }
        }
    }

    private List<Process> Processes() =>
    [
        .. Process.GetProcesses().Where(p =>
        {
            try
            {
                return File.ReadAllText($"/proc/{p.Id}/cmdline").Split('\0') is var words && words.Contains("embedded-store") && words.Contains(directory);
            }
            catch (IOException)
            {
                // It ended meanwhile.
                return false;
            }
        }),
    ];

    private async Task SignalAsync(string signal)
    {
        if (Pid is { } pid)
        {
            await Signals.SendAsync(signal, pid);
        }
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
