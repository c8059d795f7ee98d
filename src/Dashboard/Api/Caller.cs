using Microsoft.AspNetCore.Http;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Input;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

/// <summary>Who sends a request, as the action log shows it.</summary>
internal static class Caller
{
    /// <summary>The authenticated user's name, that of the API key, or <c>http:</c> and the address that the request came from.</summary>
    public static string Of(HttpContext http)
    {
        if (http.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name })
        {
            return Texts.Shorten(name, CommandRules.MaxActorLength - 1);
        }

        return http.Features.Get<Visitor>()?.Name ?? AddressOf(http);
    }

    /// <summary>Whether that is a name, and not an address that others may share.</summary>
    public static bool HasName(HttpContext http) =>
        http.User.Identity is { IsAuthenticated: true, Name.Length: > 0 } || http.Features.Get<Visitor>()?.Name is not null;

    /// <summary><c>http:</c> and the address that the request came from.</summary>
    public static string AddressOf(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        return $"http:{(address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)}";
    }
}
