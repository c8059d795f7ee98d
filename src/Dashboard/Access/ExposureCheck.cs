using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Dashboard.Access;

/// <summary>
/// Ends the start of a host whose API is open to other machines. Only once it has started are its addresses known, whatever they come
/// from; until then <see cref="AccessGuard"/> lets nobody in who comes from elsewhere.
/// </summary>
internal sealed class ExposureCheck(IServiceProvider services, IOptions<HealingDashboardOptions> options) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        Exposure.Check(addresses, services.GetService<EndpointDataSource>()?.Endpoints ?? [], options.Value);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
