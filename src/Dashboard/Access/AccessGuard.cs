using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Dashboard.Access;

/// <summary>Lets in who may come in, and keeps writes within their limits. Runs before the request is read.</summary>
internal sealed class AccessGuard(Doorkeeper door, RequestLimits limits, IOptions<HealingDashboardOptions> options)
{
    /// <summary>Null lets the request in.</summary>
    public Problem? Refuse(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<Openness>() is { NeedsKey: false } ? null : Identify(http) ?? Limit(http);

    /// <summary>Whether the app's own authorization looks at who comes to this endpoint.</summary>
    public static bool IsAuthorized(Endpoint? endpoint) =>
        endpoint?.Metadata is { } metadata && metadata.GetMetadata<IAuthorizeData>() is not null && metadata.GetMetadata<IAllowAnonymous>() is null;

    /// <summary>Whether a browser that loads the page would be let in with what it has already.</summary>
    public bool LetsIn(HttpContext http) => door.IsLocked ? door.HasSession(http) : NeedsNoKey(http);

    private Problem? Identify(HttpContext http)
    {
        if (door.IsLocked)
        {
            var visitor = door.Look(http);
            http.Features.Set(visitor);
            return visitor.Refusal;
        }

        return NeedsNoKey(http)
            ? null
            : Doorkeeper.Unauthorized(http, "This address can be reached from other machines, and no API key is configured: " + Exposure.Cures);
    }

    /// <summary>The start fails when an address is open to others; this holds as well for one that was added later.</summary>
    private bool NeedsNoKey(HttpContext http) => options.Value.AllowAnonymous || IsOfThisMachine(http.Connection) || IsAuthorized(http.GetEndpoint());

    private Problem? Limit(HttpContext http)
    {
        if (RequestGuard.IsRead(http.Request.Method))
        {
            return null;
        }

        if (options.Value.ReadOnly)
        {
            return Problem.Forbidden("This API is read-only (HealingDashboardOptions.ReadOnly; of a silo Healing:Dashboard:ReadOnly): nothing can be changed through it.");
        }

        // A beat that is turned away would be a living agent that is taken for dead.
        return !IsHeartbeat(http) && limits.TakeWrite(http) is { } wait
            ? Problem.TooMany($"These are more writes than one caller may send ({options.Value.WritesPerSecond:N0} a second, {options.Value.WriteBurst:N0} at once).", wait)
            : null;
    }

    private static bool IsHeartbeat(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<Uncounted>() is not null;

    /// <summary>By the address that was called, which no header and no proxy changes. A socket of the file system has none.</summary>
    private static bool IsOfThisMachine(ConnectionInfo connection) => connection.LocalIpAddress is not { } local || IPAddress.IsLoopback(local);
}
