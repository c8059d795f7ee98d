using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansHealing.Heartbeats;

/// <summary>Brings what this silo counted of silences to the store, every ten seconds. What it does not take is lost.</summary>
internal sealed partial class SilenceFlusher(IHeartbeatStore store, SilenceRecorder recorder, TimeProvider time, ILogger<SilenceFlusher> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; ten seconds of counts are no loss.
        }
    }

    /// <summary>Brings it now.</summary>
    public Task FlushAsync() => Task.WhenAll(Enumerable.Range(0, store.Partitions).Select(FlushAsync));

    private async Task FlushAsync(int partition)
    {
        var (increments, kinds) = recorder.Drain(partition);
        if (increments.Count == 0)
        {
            return;
        }

        try
        {
            await CountAsync(partition, increments, kinds);
        }
        catch (Exception e)
        {
            // Whatever it is, a silo does not end for its statistics. Not kept for later: an answer that was lost may have been a write that
            // was done.
            LogLost(logger, e.Message);
        }
    }

    private async Task CountAsync(int partition, IReadOnlyDictionary<string, long> increments, IReadOnlyList<string> kinds)
    {
        try
        {
            await store.CountSilencesAsync(partition, increments, kinds, DateTimeOffset.FromUnixTimeMilliseconds(recorder.Now));
        }
        catch (Exception e) when (StoreOutage.IsWrongType(e))
        {
            LogLost(logger, e.Message);
            await store.SetWrongTypesAsideAsync(partition, null);
        }
    }

    [LoggerMessage(1023, LogLevel.Debug, "Counts of silences were not taken by the store and are lost: {Error}")]
    private static partial void LogLost(ILogger logger, string error);
}
