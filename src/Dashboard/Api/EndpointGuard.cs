using Microsoft.AspNetCore.Http;
using OrleansHealing.Dashboard.Access;

namespace OrleansHealing.Dashboard.Api;

/// <summary>The guards of <see cref="GuardedRoutes"/>, for endpoints that are not this library's own.</summary>
internal sealed class EndpointGuard(RequestGuard requests, AccessGuard access) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        requests.Refuse(context.HttpContext) ?? access.Refuse(context.HttpContext) ?? await next(context);
}
