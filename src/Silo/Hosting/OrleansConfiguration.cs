using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Dashboard;
using OrleansHealing.Heartbeats;
using StackExchange.Redis;

namespace OrleansHealing.Silo.Hosting;

/// <summary>Orleans on the silo's store: clustering, reminders and grain storage share one Redis with the heartbeats.</summary>
internal static class OrleansConfiguration
{
    public static ISiloBuilder UseSiloStore(this ISiloBuilder silo, SiloStore store, SiloSettings settings, SiloPorts ports, string name)
    {
        silo.Configure<ClusterOptions>(options =>
        {
            options.ClusterId = settings.ClusterId;
            options.ServiceId = settings.ServiceId;
        });
        silo.Configure<SiloOptions>(options => options.SiloName = name);
        silo.ConfigureEndpoints(AdvertisedAddress(settings), ports.Silo, ports.Gateway, settings.ListenOnAllAddresses);
        silo.UseRedisClustering(options => options.ConfigurationOptions = Parse(store));
        silo.UseRedisReminderService(options => options.ConfigurationOptions = Parse(store));
        silo.AddRedisGrainStorageAsDefault(options => options.ConfigurationOptions = Parse(store));
        silo.Configure<ClusterMembershipOptions>(ConfigureMembership);
        if (settings.OrleansDashboard)
        {
            silo.AddDashboard();
        }

        return silo;
    }

    /// <summary>
    /// A silo on another machine that stops answering is declared dead after three missed probes, 3 to 12 s by how steady its
    /// answers were; one on this machine whose process is gone, at once. Faster probes were seen to kill silos that were only
    /// slow: three that started at once on two busy cores.
    /// </summary>
    private static void ConfigureMembership(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(1.5);
        options.MinProbeTimeout = TimeSpan.FromSeconds(1);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(4);
        options.NumMissedProbesLimit = 3;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        options.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);

        // It compares the wall clocks of two machines: a silo whose clock was an hour ahead was seen to kill whoever wanted to join.
        options.EvictWhenMaxJoinAttemptTimeExceeded = false;
    }

    private static IPAddress AdvertisedAddress(SiloSettings settings)
    {
        if (settings.AdvertisedAddress is { Length: > 0 } configured)
        {
            return IPAddress.TryParse(configured, out var address) ? address : Resolve(configured);
        }

        return settings.ListenOnAllAddresses ? Resolve(Dns.GetHostName()) : IPAddress.Loopback;
    }

    private static IPAddress Resolve(string host)
    {
        try
        {
            return Array.Find(Dns.GetHostAddresses(host), a => a.AddressFamily is AddressFamily.InterNetwork)
                ?? throw new SiloStartException($"'{host}' has no IPv4 address; set Healing:AdvertisedAddress to one that other silos reach.");
        }
        catch (SocketException e)
        {
            throw new SiloStartException($"'{host}' cannot be resolved ({e.Message}); set Healing:AdvertisedAddress to an address that other silos reach.", e);
        }
    }

    private static ConfigurationOptions Parse(SiloStore store)
    {
        var options = ConfigurationOptions.Parse(store.ConnectionString);
        options.AbortOnConnectFail = false;
        options.ReconnectRetryPolicy = new LinearRetry(250);
        StoreConnection.FollowFailOvers(options, store.ConnectionString);
        return options;
    }
}
