using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Dashboard.Live;
using OrleansHealing.Dashboard.Pages;

namespace OrleansHealing.Dashboard.Hosting;

/// <summary>Adds what the fleet's HTTP API and page need.</summary>
public static class HealingDashboardServiceCollectionExtensions
{
    /// <summary>
    /// Adds the services of <see cref="HealingEndpointRouteBuilderExtensions.MapHealing"/>. The app must also have an
    /// <see cref="IGrainFactory"/>, as every silo (<c>UseOrleans</c>) and client (<c>UseOrleansClient</c>) has. Safe to call twice.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Changes the defaults; a wrong value stops the host when it starts, with the property and the rule.</param>
    public static IServiceCollection AddHealingDashboard(this IServiceCollection services, Action<HealingDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<HealingDashboardOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HealingDashboardOptions>, HealingDashboardOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FleetApi>();
        services.TryAddSingleton<RunsApi>();
        services.TryAddSingleton<OrdersApi>();
        services.TryAddSingleton<AlertsApi>();
        services.TryAddSingleton<BulkApi>();
        services.TryAddSingleton<ActionsApi>();
        services.TryAddSingleton<Commands>();
        services.TryAddSingleton<EventStream>();
        services.TryAddSingleton<OtherOrigins>();
        services.TryAddSingleton<LiveFleet>();
        services.TryAddSingleton<LiveStream>();
        services.TryAddSingleton<StreamGate>();
        services.TryAddSingleton<RequestGuard>();
        services.TryAddSingleton<FailureGuard>();
        services.TryAddSingleton<ApiKeyRing>();
        services.TryAddSingleton<RunTokens>();
        services.TryAddSingleton<IRunTokens>(s => s.GetRequiredService<RunTokens>());
        services.TryAddSingleton<SessionCookie>();
        services.TryAddSingleton<SessionApi>();
        services.TryAddSingleton<RequestLimits>();
        services.TryAddSingleton<Doorkeeper>();
        services.TryAddSingleton<AccessGuard>();
        services.TryAddSingleton<EndpointGuard>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ExposureCheck>());
        return services;
    }
}
