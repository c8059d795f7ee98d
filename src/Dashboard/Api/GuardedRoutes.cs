using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Input;

namespace OrleansHealing.Dashboard.Api;

/// <summary>
/// Routes whose handlers run behind the guards. They are mapped as plain request delegates, since route handlers with endpoint filters
/// are compiled anew at each look at the endpoints, of which a start has several (docs/ARCHITECTURE.md).
/// </summary>
internal sealed class GuardedRoutes(IEndpointRouteBuilder routes)
{
    private static readonly string[] PageMethods = [HttpMethods.Get, HttpMethods.Head];
    private readonly FailureGuard _failures = routes.ServiceProvider.GetRequiredService<FailureGuard>();
    private readonly RequestGuard _requests = routes.ServiceProvider.GetRequiredService<RequestGuard>();
    private readonly AccessGuard _access = routes.ServiceProvider.GetRequiredService<AccessGuard>();

    public IEndpointConventionBuilder Get(string pattern, Func<HttpContext, Task<IResult>> handler) => routes.MapGet(pattern, Guarded(handler));

    public IEndpointConventionBuilder Post(string pattern, Func<HttpContext, Task<IResult>> handler) => routes.MapPost(pattern, Guarded(handler));

    public IEndpointConventionBuilder Put(string pattern, Func<HttpContext, Task<IResult>> handler) => routes.MapPut(pattern, Guarded(handler));

    public void Delete(string pattern, Func<HttpContext, Task<IResult>> handler) => routes.MapDelete(pattern, Guarded(handler));

    /// <summary>A page, or what one loads: no part of the API that is described.</summary>
    public void Page(string pattern, Func<HttpContext, Task<IResult>> handler) => routes.MapMethods(pattern, PageMethods, Guarded(handler)).ExcludeFromDescription();

    /// <summary>What no other endpoint answers: one of any method ranks after those that name theirs.</summary>
    public void Rest(string pattern, Func<HttpContext, IResult> handler) => routes.Map(pattern, Guarded(http => Task.FromResult(handler(http)))).ExcludeFromDescription();

    public void RefuseOtherMethods(string pattern, string allowed) => Rest(pattern, http =>
    {
        http.Response.Headers.Allow = allowed;
        return new Problem(
            StatusCodes.Status405MethodNotAllowed,
            "Method Not Allowed",
            $"{Texts.Shorten(http.Request.Method)} is not allowed here; allowed: {allowed}.");
    });

    private RequestDelegate Guarded(Func<HttpContext, Task<IResult>> handler) => async http =>
    {
        var result = await _failures.AnswerAsync(http, async () => _requests.Refuse(http) ?? _access.Refuse(http) ?? await handler(http));
        await result.ExecuteAsync(http);
    };
}
