using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Input;

namespace OrleansHealing.Dashboard.Access;

/// <summary>How a browser signs in: it sends the key once, and keeps it nowhere that a script of a page could read it.</summary>
internal sealed class SessionApi(Doorkeeper door, SessionCookie sessions, IOptions<HealingDashboardOptions> options)
{
    private const string Route = "/api/v1/session";

    public void Map(GuardedRoutes open)
    {
        open.Get(Route, http => Task.FromResult(Get(http)));
        open.Post(Route, SignInAsync);
        open.Delete(Route, SignOut);
        open.RefuseOtherMethods(Route, "GET, POST, DELETE");
    }

    private IResult Get(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        if (door.IsLocked)
        {
            var visitor = door.Look(http);
            http.Features.Set(visitor);

            // Asking is no mistake.
            http.Response.Headers.Remove("WWW-Authenticate");
            if (visitor.Refusal is { Status: StatusCodes.Status429TooManyRequests } tooMany)
            {
                return tooMany;
            }
        }

        return Answer(http);
    }

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        var secret = await Bodies.ApiKeyAsync(http.Request, options.Value.MaxBodyBytes);
        if (!door.IsLocked)
        {
            return Problem.Conflict("No API key is configured here, so nobody can sign in with one.");
        }

        var visitor = door.Try(http, secret);
        if (visitor.Key is not { } key)
        {
            return visitor.Refusal!;
        }

        http.Features.Set(visitor);
        sessions.Give(http, key, MountPath.Of(http.Request, Route));
        return Answer(http);
    }

    private static Task<IResult> SignOut(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        SessionCookie.Take(http, MountPath.Of(http.Request, Route));
        return Task.FromResult<IResult>(TypedResults.NoContent());
    }

    private IResult Answer(HttpContext http)
    {
        var isKnown = door.IsLocked ? http.Features.Get<Visitor>()?.Key is not null : http.User.Identity is { IsAuthenticated: true };
        var (isReadOnly, mayKill) = (options.Value.ReadOnly, options.Value is { AllowKillingSilos: true, ReadOnly: false });
        return ApiJson.Ok(
            new SessionView(door.IsLocked, isKnown, isReadOnly, mayKill, Caller.Of(http), options.Value.OrleansDashboard), SessionJson.Default.SessionView);
    }
}
