using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Api;

namespace OrleansHealing.Dashboard.Access;

/// <summary>Looks at the key or the session of a request.</summary>
internal sealed partial class Doorkeeper(ApiKeyRing ring, SessionCookie sessions, RunTokens runs, RequestLimits limits, ILogger<Doorkeeper> logger)
{
    private const string Header = "X-Api-Key";
    private const string Scheme = "Bearer ";
    private readonly Lock _oneByOne = new();

    /// <summary>Whether callers need a key.</summary>
    public bool IsLocked => !ring.IsEmpty;

    /// <summary>What a request brings. A key that is given counts before a session, so that who means another key is not taken for the old one.</summary>
    public Visitor Look(HttpContext http)
    {
        if (Presented(http.Request) is { } secret)
        {
            return OfRun(http, secret) ?? Try(http, secret);
        }

        return sessions.Find(http.Request) is { } session
            ? new Visitor(session.Key, null, session.Until)
            : new Visitor(null, Unauthorized(http, "An API key is needed: send it as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY', or sign in by POST /api/v1/session."));
    }

    /// <summary>The process of an agent, at one of the few endpoints that it may call; null for anybody else.</summary>
    private Visitor? OfRun(HttpContext http, string secret) =>
        http.GetEndpoint()?.Metadata.GetMetadata<OfRuns>() is not null
        && AgentId.TryParse(http.Request.RouteValues["id"] as string, out var id)
        && runs.Find(secret, id) is { } incarnation
            ? new Visitor(null, null) { Agent = id, Run = incarnation }
            : null;

    /// <summary>Whether somebody signed in.</summary>
    public bool HasSession(HttpContext http) => sessions.Find(http.Request) is not null;

    /// <summary>Compares a key; a wrong one is counted against the caller's address.</summary>
    public Visitor Try(HttpContext http, string secret)
    {
        var digest = ApiKey.DigestOf(secret);
        if (limits.IsKnownWrong(http, digest))
        {
            return new Visitor(null, Wrong(http));
        }

        // One after the other, or many that come at once would all be looked at.
        lock (_oneByOne)
        {
            // Before it is compared: past the limit nobody learns whether a key is right.
            if (limits.KeyWait(http) is { } wait)
            {
                return new Visitor(null, Problem.TooMany("Too many wrong API keys came from this address; wait before the next one.", wait));
            }

            if (ring.Find(digest) is { } key)
            {
                return new Visitor(key, null);
            }

            limits.TakeKey(http);
            limits.RememberWrong(http, digest);
        }

        LogWrongKey(Caller.AddressOf(http));
        return new Visitor(null, Wrong(http));
    }

    /// <summary>The key in the headers; null when none is given. One that is given twice is none that could be right.</summary>
    private static string? Presented(HttpRequest request)
    {
        if (request.Headers.TryGetValue(Header, out var own))
        {
            return own.Count is 1 ? own.ToString().Trim() : "";
        }

        var authorization = request.Headers.Authorization;
        return authorization.ToString() is var text && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization.Count is 1 ? text[Scheme.Length..].Trim() : ""
            : null;
    }

    private static Problem Wrong(HttpContext http)
    {
        var problem = Unauthorized(http, "The API key is none that is taken here.");
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"OrleansHealing\", error=\"invalid_token\"";
        return problem;
    }

    public static Problem Unauthorized(HttpContext http, string detail)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"OrleansHealing\"";
        return new Problem(StatusCodes.Status401Unauthorized, "Unauthorized", detail);
    }

    [LoggerMessage(11, LogLevel.Warning, "A wrong API key came from {Address}")]
    private partial void LogWrongKey(string address);
}
