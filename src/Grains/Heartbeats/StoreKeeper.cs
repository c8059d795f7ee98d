using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansHealing.Hosting;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// Keeps the memory of the store on every silo, so that a loss is noticed also when the supervisor's silo is lost with it, and
/// before a silo that came later takes a wiped store for a new one.
/// </summary>
internal sealed partial class StoreKeeper(
    IHeartbeatStore store, StoreMemory memory, StoreClock clock, SiloRegistration registration, TimeProvider time, ILogger<StoreKeeper> logger)
    : BackgroundService, ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private int _registeredAfter;

    /// <summary>Before anything is granted here.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe<StoreKeeper>(ServiceLifecycleStage.RuntimeGrainServices + 1, _ => TryLookAsync());

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (clock.IsSynchronized)
                {
                    await TryLookAsync();
                    await TryRegisterAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task TryLookAsync()
    {
        try
        {
            for (var partition = 0; partition < store.Partitions; partition++)
            {
                if (await memory.RecallAsync(store, partition, clock.Now) is { IsLost: true } recall)
                {
                    LogLost(logger, partition, recall.Mark.Floor);
                }
            }
        }
        catch (Exception e)
        {
            // It is asked again, and nothing is granted meanwhile in a store that is not the one that is known.
            LogMissed(logger, e.Message);
        }
    }

    /// <summary>Says again in the store what this silo is.</summary>
    private async Task TryRegisterAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Whoever on this silo noticed it.
            var losses = Enumerable.Range(0, store.Partitions).Sum(memory.Losses);
            if (losses != _registeredAfter)
            {
                await registration.RegisterAsync(stoppingToken);
                _registeredAfter = losses;
            }
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // Tried again at the next look: the silo works without it, only nobody sees what it is.
            LogMissed(logger, e.Message);
        }
    }

    [LoggerMessage(1030, LogLevel.Error, "The store lost writes of partition {Partition}; numbers are granted from above {Floor} from now on")]
    private static partial void LogLost(ILogger logger, int partition, long floor);

    [LoggerMessage(1031, LogLevel.Debug, "The store could not be asked what it is: {Error}")]
    private static partial void LogMissed(ILogger logger, string error);
}
