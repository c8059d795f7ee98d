using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Dashboard.Access;

/// <summary>Whether an API that lets everybody in can be reached from other machines.</summary>
internal static class Exposure
{
    /// <summary>What to do about it.</summary>
    public const string Cures =
        "set HealingDashboardOptions.ApiKeys (of a silo Healing:Dashboard:ApiKeys), call RequireAuthorization() on what MapHealing() returns, "
        + "or let everybody in by HealingDashboardOptions.AllowAnonymous = true (of a silo Healing:Dashboard:AllowAnonymous).";

    /// <summary>Throws when one of <paramref name="addresses"/> is open to others and nothing guards the endpoints.</summary>
    /// <exception cref="OptionsValidationException">It is; the message names the address and the options.</exception>
    public static void Check(IEnumerable<string> addresses, IEnumerable<Endpoint> endpoints, HealingDashboardOptions options)
    {
        if (options.AllowAnonymous || options.ApiKeys.Any(k => !string.IsNullOrEmpty(k)) || addresses.FirstOrDefault(a => !IsLoopback(a)) is not { } open)
        {
            return;
        }

        if (endpoints.Any(e => e.Metadata.GetMetadata<Openness>() is { NeedsKey: true } && !AccessGuard.IsAuthorized(e)))
        {
            throw new OptionsValidationException(
                nameof(HealingDashboardOptions),
                typeof(HealingDashboardOptions),
                [$"{open} can be reached from other machines, and the API of the fleet would let everybody in: {Cures}"]);
        }
    }

    /// <summary>Whether only this machine reaches an address that a server listens on. A name is no loopback: servers listen everywhere for it.</summary>
    public static bool IsLoopback(string address)
    {
        var binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe
            || binding.IsNamedPipe
            || binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || binding.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(binding.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }
}
