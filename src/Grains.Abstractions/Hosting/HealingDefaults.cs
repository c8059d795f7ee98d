namespace OrleansHealing.Hosting;

/// <summary>Names that silos and clients must agree on.</summary>
public static class HealingDefaults
{
    /// <summary>The Orleans cluster id, unless <c>Healing:ClusterId</c> says otherwise.</summary>
    public const string ClusterId = "healing";

    /// <summary>The Orleans service id, unless <c>Healing:ServiceId</c> says otherwise.</summary>
    public const string ServiceId = "healing";

    /// <summary>The configuration key of the Redis connection string; set, nothing of the embedded store is used.</summary>
    public const string RedisConnectionKey = "ConnectionStrings:redis";

    /// <summary>The configuration key of the embedded store's directory.</summary>
    public const string StoreDirectoryKey = "Healing:EmbeddedStore:Directory";
}
