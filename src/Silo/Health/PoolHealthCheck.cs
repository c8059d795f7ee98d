using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansHealing.Hosting;

namespace OrleansHealing.Silo.Health;

/// <summary>Whether bodies of agents block the threads that everything on this silo needs.</summary>
internal sealed class PoolHealthCheck(PoolWatch pool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(pool.IsStarved, pool.Threads, pool.NormalThreads));

    internal static HealthCheckResult Judge(bool isStarved, int threads, int normal) => (isStarved, threads > normal) switch
    {
        (true, _) => HealthCheckResult.Unhealthy("work waits for a thread of the pool: bodies of agents block them", data: Figures(threads, normal)),
        (_, true) => HealthCheckResult.Degraded(
            string.Create(CultureInfo.InvariantCulture, $"bodies of agents blocked threads of the pool; it makes up to {threads} at once instead of {normal}"),
            data: Figures(threads, normal)),
        _ => HealthCheckResult.Healthy("work finds a thread", Figures(threads, normal)),
    };

    private static Dictionary<string, object> Figures(int threads, int normal) => new() { ["threads"] = threads, ["normalThreads"] = normal };
}
