using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Dashboard;
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
        silo.Configure<ClusterMembershipOptions>(DetectDeadSilosFast);
        silo.AddDashboard();
        return silo;
    }

    /// <summary>
    /// A silo that was killed is declared dead in about a second, since its agents wait for that. The price is that one which
    /// stalls for some seconds is declared dead too; its agents move, and it ends itself.
    /// </summary>
    private static void DetectDeadSilosFast(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(1);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(2);
        options.NumMissedProbesLimit = 2;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);

        // After the death of all silos at once, the next one must not wait long for those that will never answer.
        options.MaxJoinAttemptTime = TimeSpan.FromSeconds(10);
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
        return options;
    }
}
