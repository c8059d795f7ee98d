using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Input;

namespace OrleansHealing.Dashboard.Api;

/// <summary>
/// Keeps other sites' pages out: they may neither reach this machine under a name of theirs (DNS rebinding) nor have a browser send
/// orders on their behalf (cross-site request forgery). Runs before anything of the request is looked at.
/// </summary>
internal sealed class RequestGuard(IOptions<HealingDashboardOptions> options)
{
    private readonly string[] _hosts = [.. options.Value.AllowedHosts];

    /// <summary>Null lets the request in.</summary>
    public Problem? Refuse(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        if (!IsHostAllowed(http))
        {
            return Problem.Forbidden(
                $"The host '{Texts.Shorten(http.Request.Host.Host, 80)}' is not allowed; allowed are {string.Join(", ", _hosts)} "
                + "(HealingDashboardOptions.AllowedHosts; of a silo Healing:Dashboard:AllowedHosts).");
        }

        return IsRead(http.Request.Method) || IsFromHere(http.Request)
            ? null
            : Problem.Forbidden("A page of another site may not change the fleet: the Origin header must be the API's own host, or absent.");
    }

    internal static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsFromHere(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
        {
            return false;
        }

        var origins = request.Headers.Origin;

        // The scheme is not compared, since behind a proxy that ends TLS it differs; the port is, with each scheme's own default.
        return origins.Count is 0
            || (origins.Count is 1
                && Uri.TryCreate(origins[0], UriKind.Absolute, out var origin)
                && Uri.TryCreate($"{origin.Scheme}://{request.Host.Value}", UriKind.Absolute, out var own)
                && origin.Scheme is "http" or "https"
                && string.Equals(origin.Authority, own.Authority, StringComparison.OrdinalIgnoreCase));
    }

    private bool IsHostAllowed(HttpContext http)
    {
        var host = http.Request.Host.Host;
        return _hosts.Any(allowed => Matches(host, allowed)) || IsOwnAddress(host, http.Connection.LocalIpAddress);
    }

    private static bool Matches(string host, string allowed) => allowed switch
    {
        "*" => true,
        ['*', '.', ..] => host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase) && host.Length > allowed.Length - 1,
        _ => string.Equals(host, allowed, StringComparison.OrdinalIgnoreCase),
    };

    private static bool IsOwnAddress(string host, IPAddress? local) =>
        local is not null
        && IPAddress.TryParse(host, out var address)
        && Plain(address).Equals(Plain(local));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
