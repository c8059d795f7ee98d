using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using StackExchange.Redis;

namespace OrleansHealing.Hosting;

/// <summary>
/// Turns failures of the store into one that callers in other processes can read: the Redis client's own exceptions do not
/// travel between silos.
/// </summary>
internal sealed class StoreFailureFilter : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception e) when ((e is RedisException or RedisTimeoutException || StoreOutage.IsBrokenConnection(e))
            && context.Grain?.GetType().Assembly == typeof(StoreFailureFilter).Assembly)
        {
            throw new StoreUnavailableException(e.Message);
        }
    }
}
