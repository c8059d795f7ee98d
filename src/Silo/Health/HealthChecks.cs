using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Silo.Health;

/// <summary>Whether this silo is an active member of its cluster.</summary>
internal sealed class SiloHealthCheck(ILocalSiloDetails silo, IClusterMembershipService membership) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = membership.CurrentSnapshot.GetSiloStatus(silo.SiloAddress);
        return Task.FromResult(status is SiloStatus.Active
            ? HealthCheckResult.Healthy("active")
            : HealthCheckResult.Unhealthy($"its membership is {status}"));
    }
}

/// <summary>Whether the store answers.</summary>
internal sealed class StoreHealthCheck(StoreConnection store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var took = await (await store.GetAsync()).GetDatabase().PingAsync();
            return HealthCheckResult.Healthy($"answers in {took.TotalMilliseconds:0.0} ms");
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return HealthCheckResult.Unhealthy("the store does not answer");
        }
    }
}

/// <summary>Whether every supervisor judges. A silo is ready without: this says that somebody has to look.</summary>
internal sealed class SupervisorHealthCheck(SupervisorWatch watch) : IHealthCheck
{
    private const double MaxRoundAgeSeconds = 10;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var late = watch.Pulses.Where(p => p.LastRoundAgeSeconds is not <= MaxRoundAgeSeconds || p.Hold is not null).ToList();
        return Task.FromResult((watch.Pulses.Count, late) switch
        {
            (0, _) => HealthCheckResult.Degraded("no supervisor has answered yet"),
            (_, []) => HealthCheckResult.Healthy(string.Join(
                "; ", watch.Pulses.Select(p => $"partition {p.Partition} on {p.Silo}, last round {p.LastRoundAgeSeconds:0.0} s ago"))),
            _ => HealthCheckResult.Degraded(string.Join("; ", late.Select(p => $"partition {p.Partition} on {p.Silo}: {p.Hold ?? "its rounds are late"}"))),
        });
    }
}
