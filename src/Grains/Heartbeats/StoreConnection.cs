using Microsoft.Extensions.Options;
using OrleansHealing.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>The host's one connection to the store.</summary>
public sealed class StoreConnection(IOptions<HealingOptions> options) : IAsyncDisposable
{
    private readonly Lazy<Task<IConnectionMultiplexer>> _connection = new(() => ConnectAsync(options.Value));

    /// <summary>The connection; made by the first who asks. It reconnects by itself for ever.</summary>
    /// <exception cref="RedisConnectionException">The store did not answer the first time.</exception>
    public Task<IConnectionMultiplexer> GetAsync() => _connection.Value;

    /// <summary>The StackExchange.Redis configuration that this host uses for a connection string.</summary>
    public static ConfigurationOptions Configure(string connectionString, TimeSpan timeout)
    {
        var configuration = ConfigurationOptions.Parse(connectionString);
        configuration.AbortOnConnectFail = false;
        configuration.ConnectTimeout = (int)timeout.TotalMilliseconds;
        configuration.AsyncTimeout = (int)timeout.TotalMilliseconds;
        configuration.SyncTimeout = (int)timeout.TotalMilliseconds;

        // The doctor reads the store's settings, which the client counts among what administrators do.
        configuration.AllowAdmin = true;
        configuration.ReconnectRetryPolicy = new LinearRetry(250);
        FollowFailOvers(configuration, connectionString);

        // What waited out an outage is stale by then: whoever wrote it writes a newer one. So nothing is queued while disconnected.
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        return configuration;
    }

    /// <summary>
    /// Asks servers of a list for their role often enough: which one is the master now is noticed by that alone when the old one does
    /// not come back.
    /// </summary>
    public static void FollowFailOvers(ConfigurationOptions configuration, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(connectionString);
        if (!connectionString.Contains("configCheckSeconds", StringComparison.OrdinalIgnoreCase))
        {
            configuration.ConfigCheckSeconds = 2;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection.IsValueCreated && _connection.Value.IsCompletedSuccessfully)
        {
            await (await _connection.Value).DisposeAsync();
        }
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(HealingOptions options) =>
        await ConnectionMultiplexer.ConnectAsync(Configure(options.ConnectionString, options.StoreTimeout));
}
