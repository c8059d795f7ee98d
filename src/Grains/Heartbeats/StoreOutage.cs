using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>Failures of the store or of the way to it. They pass; what they hit is tried again.</summary>
internal static class StoreOutage
{
    public static bool Is(Exception e) => e is RedisException or TimeoutException;
}
