using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OrleansHealing.Hosting;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Silo.Health;

public sealed class BodiesHealthCheckTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData(2, 0, HealthStatus.Healthy, "2 abandoned bodies still run; 3 are too many")]
    [InlineData(3, 0, HealthStatus.Unhealthy, "3 abandoned bodies still run, and 3 are too many: replace this silo")]
    [InlineData(3, 1, HealthStatus.Healthy, "2 abandoned bodies still run; 3 are too many")]
    public async Task Check_AbandonedBodies_AreTooManyFromTheLimitOn(int abandoned, int ended, HealthStatus status, string message)
    {
        using var metrics = new HealingMetrics(_services.GetRequiredService<IMeterFactory>());
        for (var i = 0; i < abandoned; i++)
        {
            metrics.BodyAbandoned();
        }

        for (var i = 0; i < ended; i++)
        {
            metrics.AbandonedBodyEnded();
        }

        var result = await new BodiesHealthCheck(metrics, Options.Create(new HealingOptions { MaxAbandonedBodies = 3 }))
            .CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);

        Assert.Equal((status, message), (result.Status, result.Description));
    }
}
