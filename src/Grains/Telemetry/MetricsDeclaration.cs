using Microsoft.Extensions.Hosting;
using OrleansHealing.Alerts;

namespace OrleansHealing.Telemetry;

/// <summary>Declares the counters once whoever collects them listens: before that, what is added is heard by nobody.</summary>
internal sealed class MetricsDeclaration(HealingMetrics metrics, AlertChannels channels) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        metrics.Declare(channels.All.Select(c => c.Kind));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
