using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Agents;

/// <summary>
/// Lets a body wait out an outage of the store instead of failing by it: asks again until there is an answer. Meanwhile no
/// progress can be expected of the body, so the wait counts as announced silence.
/// </summary>
internal sealed partial class OutageWait(Promise promise, StoreClock clock, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Asks until the store answers.</summary>
    /// <param name="ask">One attempt; must be safe to repeat after one whose answer was lost.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        Promise.Silence? silence = null;
        try
        {
            while (true)
            {
                try
                {
                    return await ask().WaitAsync(cancellationToken);
                }
                catch (Exception e) when (StoreOutage.Is(e))
                {
                    if (silence is null)
                    {
                        LogWaiting(logger, e.Message);
                        silence = promise.ExpectSilence(clock.Now, TimeSpan.MaxValue);
                    }

                    await Task.Delay(RetryDelay, time, cancellationToken);
                }
            }
        }
        finally
        {
            if (silence is not null)
            {
                promise.EndSilence(silence, clock.Now);
            }
        }
    }

    [LoggerMessage(1121, LogLevel.Warning, "The store is out of reach for a checkpoint; the body waits for it: {Error}")]
    private static partial void LogWaiting(ILogger logger, string error);
}
