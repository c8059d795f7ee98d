using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
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
internal sealed class SupervisorHealthCheck(SupervisorWatch watch, IOptions<HealingOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(watch.Pulses, options.Value));

    internal static HealthCheckResult Judge(IEnumerable<SupervisorPulse> pulses, HealingOptions options)
    {
        var supervisors = SupervisorHealth.Of(pulses, options);
        var faulty = supervisors.Where(s => s.Level is not DoctorLevel.Ok).ToList();
        return faulty.Count is 0
            ? HealthCheckResult.Healthy(Say(supervisors))
            : HealthCheckResult.Degraded(Say(faulty));
    }

    private static string Say(IEnumerable<SupervisorHealth> supervisors) =>
        string.Join("; ", supervisors.Select(s => $"partition {s.Partition}: {s.Message}"));
}
