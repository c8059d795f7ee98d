using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Dashboard.OpenApi;
using OrleansHealing.Dashboard.Pages;

namespace OrleansHealing.Dashboard.Hosting;

/// <summary>Maps the fleet's HTTP API and page.</summary>
public static class HealingEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the page at <c>/</c> and the API at <c>/api/v1</c>, below the group or path base that it is called on. Requests for hosts
    /// that are not in <see cref="HealingDashboardOptions.AllowedHosts"/> and writes from pages of other sites are refused. Where the
    /// host listens on an address that other machines reach, it ends its start unless there are
    /// <see cref="HealingDashboardOptions.ApiKeys"/>, <c>RequireAuthorization</c> was called on what this returns, or
    /// <see cref="HealingDashboardOptions.AllowAnonymous"/> is set. With keys and authorization, both are asked for.
    /// </summary>
    /// <returns>All of it as one group, for conventions such as <c>RequireAuthorization</c>.</returns>
    /// <exception cref="InvalidOperationException">
    /// <see cref="HealingDashboardServiceCollectionExtensions.AddHealingDashboard"/> was not called, or the app has no Orleans.
    /// </exception>
    public static RouteGroupBuilder MapHealing(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider.GetRequiredService<IServiceProviderIsService>();
        if (!services.IsService(typeof(FleetApi)))
        {
            throw new InvalidOperationException("MapHealing needs its services: call builder.Services.AddHealingDashboard() first.");
        }

        if (!services.IsService(typeof(IGrainFactory)))
        {
            throw new InvalidOperationException("MapHealing needs an Orleans IGrainFactory: call builder.UseOrleans() or builder.UseOrleansClient() first.");
        }

        var all = endpoints.MapGroup("");

        // Metadata of an inner group comes last, and the last counts.
        all.WithMetadata(Openness.Guarded);
        var open = new GuardedRoutes(all.MapGroup("").WithMetadata(Openness.Open));
        var provider = endpoints.ServiceProvider;
        open.MapPage(provider.GetRequiredService<AccessGuard>(), provider.GetRequiredService<OtherOrigins>());
        provider.GetRequiredService<SessionApi>().Map(open);
        open.MapDescription();
        all.MapApi();
        return all;
    }
}
