using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;

namespace OrleansHealing.Hosting;

/// <summary>Does what its silo is told, and says what it is asked.</summary>
[RandomPlacement]
internal sealed partial class SiloGrain(LocalSilo silo, SiloAlarms alarms, TimeProvider time, ILogger<SiloGrain> logger) : Grain, ISiloGrain
{
    /// <summary>In this time the answer to whoever ordered it leaves, which may be on its way through this very silo.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(200);

    public async Task DieAsync(string address, string actor)
    {
        if (address != silo.Host)
        {
            LogElsewhere(logger, address, silo.Host);
            return;
        }

        LogDying(logger, actor);
        await Task.Delay(LastWords, time);
        using var process = Process.GetCurrentProcess();
        process.Kill();
    }

    public Task<bool> TellsAsync(string address, string key)
    {
        DeactivateOnIdle();
        return Task.FromResult(address == silo.Host && alarms.Tells(key));
    }

    [LoggerMessage(1340, LogLevel.Warning, "{Actor} ordered that this silo is killed")]
    private static partial void LogDying(ILogger logger, string actor);

    [LoggerMessage(1341, LogLevel.Warning, "An order to kill {Address} came to {Here}; nothing was killed")]
    private static partial void LogElsewhere(ILogger logger, string address, string here);
}
