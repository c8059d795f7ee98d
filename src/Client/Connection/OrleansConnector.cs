using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using OrleansHealing.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Client.Connection;

/// <summary>Connects as an Orleans client that finds its gateways in the store.</summary>
internal sealed class OrleansConnector(TimeProvider time) : IFleetConnector
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    public async Task<IFleetConnection> ConnectAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder()
            .SetBasePath(Environment.CurrentDirectory)
            .AddJsonFile("appsettings.json", optional: true, reloadOnChange: false)
            .AddEnvironmentVariables()
            .Build();
        var store = StoreAddress.Resolve(settings, configuration);
        var clusterId = settings.ClusterId ?? configuration["Healing:ClusterId"] ?? HealingDefaults.ClusterId;
        var serviceId = settings.ServiceId ?? configuration["Healing:ServiceId"] ?? HealingDefaults.ServiceId;

        using var deadline = new CancellationTokenSource(settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var redis = await ConnectStoreAsync(store, settings.Timeout, either.Token, cancellationToken);
        var offset = MeasureOffsetAsync(redis);
        var services = Services(store, redis, clusterId, serviceId, settings.Debug);
        Exception? last = null;
        try
        {
            var client = services.GetRequiredService<IClusterClient>();
            var retries = services.GetRequiredService<ConnectionRetries>();
            try
            {
                await ((IHostedService)client).StartAsync(either.Token).WaitAsync(either.Token);
            }
            catch (Exception e) when (e is not VerbFailure)
            {
                last = retries.Last ?? e;
                throw;
            }

            return new OrleansConnection(services, redis, client, store.ToString(), await offset.WaitAsync(either.Token));
        }
        catch (ArgumentException e)
        {
            // Orleans has no other type for "no silo hosts a grain of this interface".
            throw Unreachable.NotHealing(clusterId, e);
        }
        catch (Exception e) when (TransportFailure.Is(e, cancellationToken))
        {
            throw Unreachable.NoSilo(store, clusterId, settings.Timeout, last ?? e);
        }
    }

    private static async Task<ConnectionMultiplexer> ConnectStoreAsync(
        StoreAddress store, TimeSpan timeout, CancellationToken either, CancellationToken own)
    {
        var options = store.Options;
        options.AbortOnConnectFail = true;
        options.ConnectRetry = 1;
        options.ConnectTimeout = Math.Min(options.ConnectTimeout, (int)timeout.TotalMilliseconds);
        options.ClientName = "healing-console";
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(either);
        }
        catch (RedisException e)
        {
            throw Unreachable.StoreDown(store, e);
        }
        catch (OperationCanceledException e) when (!own.IsCancellationRequested)
        {
            throw Unreachable.StoreDown(store, e);
        }
    }

    private async Task<TimeSpan> MeasureOffsetAsync(ConnectionMultiplexer redis)
    {
        var before = time.GetUtcNow();
        try
        {
            var theirs = await redis.GetServers()[0].TimeAsync();
            var after = time.GetUtcNow();
            return theirs - (before + ((after - before) / 2)).UtcDateTime;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // A store that does not tell its time is taken for one whose clock is right: only ages on the screen depend on it.
            return TimeSpan.Zero;
        }
    }

    private ServiceProvider Services(StoreAddress store, ConnectionMultiplexer redis, string clusterId, string serviceId, bool debug)
    {
        var services = new ServiceCollection();
        if (debug)
        {
            services.AddLogging(log => log.SetMinimumLevel(LogLevel.Information).AddConsole(c => c.LogToStandardErrorThreshold = LogLevel.Trace));
        }
        else
        {
            services.AddLogging();
        }

        services.AddSingleton(new ConnectionRetries(time, RetryAfter));
        services.AddSingleton<IClientConnectionRetryFilter>(provider => provider.GetRequiredService<ConnectionRetries>());
        services.AddOrleansClient(client => client
            .UseRedisClustering(o =>
            {
                o.ConfigurationOptions = store.Options;
                o.CreateMultiplexer = _ => Task.FromResult<(IConnectionMultiplexer, bool)>((redis, true));
            })
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (clusterId, serviceId))
            .Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            .Configure<ConnectionOptions>(o =>
            {
                o.OpenConnectionTimeout = TimeSpan.FromSeconds(2);
                o.ConnectionRetryDelay = RetryAfter;
            })
            .Configure<ClientMessagingOptions>(o => o.ResponseTimeout = FleetSession.OrderPatience));
        return services.BuildServiceProvider();
    }
}
