using System.Net;
using Microsoft.Extensions.Configuration;
using OrleansHealing.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Client.Connection;

/// <summary>Where the cluster's store is: named, configured, or the embedded one of this machine, in this order.</summary>
internal sealed record StoreAddress(ConfigurationOptions Options, bool IsEmbedded)
{
    /// <summary>Finds the store's address.</summary>
    /// <exception cref="VerbFailure">The connection string is wrong (2), or no store has been started on this machine (4).</exception>
    public static StoreAddress Resolve(ConnectionSettings settings, IConfiguration configuration)
    {
        if (settings.Redis is { } named)
        {
            return Named(named, "--redis");
        }

        if (settings.StoreDirectory is null && configuration[HealingDefaults.RedisConnectionKey] is { } configured)
        {
            return Named(configured, HealingDefaults.RedisConnectionKey);
        }

        var directory = settings.StoreDirectory ?? configuration[HealingDefaults.StoreDirectoryKey] ?? EmbeddedStoreEndpoint.DefaultDirectory;
        return EmbeddedStoreEndpoint.TryRead(directory, out var endpoint)
            ? new StoreAddress(Parse(endpoint.ConnectionString, EmbeddedStoreEndpoint.FileName), IsEmbedded: true)
            : throw Unreachable.NoStore(directory);
    }

    /// <summary>
    /// The first host and port alone. Not the others: of a password with a comma in it, the rest is read as one more host.
    /// </summary>
    public override string ToString() => Options.EndPoints[0] switch
    {
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        var other => other.ToString() ?? "",
    };

    private static StoreAddress Named(string connection, string source) => string.IsNullOrWhiteSpace(connection)
        ? throw new VerbFailure(ExitCodes.Usage, $"{source} is there and empty: name a Redis, or leave it out for the embedded store.")
        : new StoreAddress(Parse(connection, source), IsEmbedded: false);

    private static ConfigurationOptions Parse(string connection, string source)
    {
        try
        {
            var options = ConfigurationOptions.Parse(connection);
            options.SetDefaultPorts();
            return options.EndPoints.Count > 0 ? options : throw new FormatException("no endpoint");
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // The library's message quotes pieces of the string, which may be pieces of a password.
            throw new VerbFailure(ExitCodes.Usage, $"{source} is no Redis connection string; it looks like localhost:6379,password=…");
        }
    }
}
