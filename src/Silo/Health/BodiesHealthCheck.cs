using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OrleansHealing.Hosting;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Silo.Health;

/// <summary>
/// Whether bodies that ignored their cancellation have piled up. Each holds a thread for good, and nothing but the end of the
/// process gives it back, so whatever runs the silo should replace it.
/// </summary>
internal sealed class BodiesHealthCheck(HealingMetrics metrics, IOptions<HealingOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (abandoned, limit) = (metrics.AbandonedBodies, options.Value.MaxAbandonedBodies);
        var figures = new Dictionary<string, object> { ["abandoned"] = abandoned, ["tooMany"] = limit };
        return Task.FromResult(abandoned < limit
            ? HealthCheckResult.Healthy($"{abandoned} abandoned bodies still run; {limit} are too many", figures)
            : HealthCheckResult.Unhealthy($"{abandoned} abandoned bodies still run, and {limit} are too many: replace this silo", data: figures));
    }
}
