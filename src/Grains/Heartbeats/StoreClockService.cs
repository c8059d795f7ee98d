using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansHealing.Heartbeats;

/// <summary>Asks the store's time every two seconds, and before the silo takes on any work.</summary>
internal sealed partial class StoreClockService(
    IHeartbeatStore store, StoreClock clock, TimeProvider time, ILogger<StoreClockService> logger)
    : BackgroundService, ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StartupLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe<StoreClockService>(ServiceLifecycleStage.RuntimeGrainServices, SynchronizeFirstAsync);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                try
                {
                    await store.SynchronizeClockAsync();
                }
                catch (Exception e)
                {
                    // The clock runs on by itself; the heartbeat writer and the supervisor say that the store is out of reach.
                    LogMissed(logger, e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task SynchronizeFirstAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!clock.IsSynchronized)
        {
            try
            {
                await store.WarmUpAsync();
                await store.SynchronizeClockAsync();
            }
            catch (Exception e) when (StoreOutage.Is(e) && time.GetElapsedTime(start) < StartupLimit)
            {
                LogMissed(logger, e.Message);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(1011, LogLevel.Debug, "The store's time could not be asked: {Error}")]
    private static partial void LogMissed(ILogger logger, string error);
}
