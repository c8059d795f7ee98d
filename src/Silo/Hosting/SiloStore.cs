using OrleansHealing.Hosting;
using OrleansHealing.Silo.EmbeddedStore;
using StackExchange.Redis;

namespace OrleansHealing.Silo.Hosting;

/// <summary>The store of this silo: the Redis that is configured, or the embedded one.</summary>
/// <param name="ConnectionString">How to reach it; may hold a password.</param>
/// <param name="Connection">A connection that was made, as proof.</param>
/// <param name="Guarded">The embedded store to keep alive; null when Redis is configured.</param>
internal sealed record SiloStore(string ConnectionString, IConnectionMultiplexer Connection, GuardedStore? Guarded)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Finds the store, starting the embedded one if need be.</summary>
    /// <exception cref="SiloStartException">It cannot be reached, or refuses this client.</exception>
    public static async Task<SiloStore> FindAsync(
        IConfiguration configuration, SiloSettings settings, string? directory, TimeProvider time, CancellationToken cancellation)
    {
        var redis = configuration[HealingDefaults.RedisConnectionKey];
        if (redis is not null && string.IsNullOrWhiteSpace(redis))
        {
            // A variable that was not set elsewhere: a store of its own would split the silo from its cluster without a word.
            throw new SiloStartException($"{HealingDefaults.RedisConnectionKey} is there and empty: name a Redis, or leave it out for the embedded store.");
        }

        if (redis is not null)
        {
            return new SiloStore(redis, await ConnectAsync(redis), null);
        }

        var root = directory ?? settings.EmbeddedStore.Directory ?? EmbeddedStoreEndpoint.DefaultDirectory;
        var endpoint = await new EmbeddedStoreProcess(time).EnsureStartedAsync(root, settings.EmbeddedStore.Linger, cancellation);
        return new SiloStore(
            endpoint.ConnectionString,
            await ConnectAsync(endpoint.ConnectionString),
            new GuardedStore(root, settings.EmbeddedStore.Linger, endpoint));
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(string connectionString)
    {
        ConfigurationOptions options;
        try
        {
            options = Heartbeats.StoreConnection.Configure(connectionString, Patience);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new SiloStartException($"{HealingDefaults.RedisConnectionKey} must be a StackExchange.Redis configuration such as 'localhost:6379,password=…'.", e);
        }

        var servers = string.Join(", ", options.EndPoints);
        try
        {
            options.AbortOnConnectFail = true;
            var connection = await ConnectionMultiplexer.ConnectAsync(options);
            await connection.GetDatabase().PingAsync();
            return connection;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            var why = e.ToString() is var text && (text.Contains("NOAUTH", StringComparison.Ordinal) || text.Contains("WRONGPASS", StringComparison.Ordinal)
                || text.Contains("AuthenticationFailure", StringComparison.Ordinal))
                ? "refuses the password (or wants one): give it as ',password=…'"
                : "does not answer: is it running, and is the address right?";
            throw new SiloStartException($"The Redis of {HealingDefaults.RedisConnectionKey} at {servers} {why}", e);
        }
    }
}

/// <summary>This silo cannot start, for a reason that the message tells its user.</summary>
internal sealed class SiloStartException(string message, Exception? inner = null) : Exception(message, inner);
