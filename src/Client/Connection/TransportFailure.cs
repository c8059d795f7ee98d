using OrleansHealing.Fleet;
using StackExchange.Redis;

namespace OrleansHealing.Client.Connection;

/// <summary>Failures of the way to the fleet, not of what was asked: another silo, or the same one a little later, may answer.</summary>
internal static class TransportFailure
{
    /// <summary><see cref="OutOfReach"/>, and the store as the console itself reaches it.</summary>
    /// <param name="exception">What was seen.</param>
    /// <param name="own">What the person ends the console by: a cancellation that does not come from there is a silo's.</param>
    public static bool Is(Exception exception, CancellationToken own) => exception is RedisException || OutOfReach.Is(exception, own);
}
