using System.Globalization;
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
        var figures = new Dictionary<string, object> { ["name"] = silo.Name, ["members"] = membership.CurrentSnapshot.Members.Values.Count(m => m.Status is SiloStatus.Active) };
        return Task.FromResult(status is SiloStatus.Active
            ? HealthCheckResult.Healthy("active", figures)
            : HealthCheckResult.Unhealthy($"its membership is {status}", data: figures));
    }
}

/// <summary>Whether the store answers.</summary>
internal sealed class StoreHealthCheck(StoreConnection store, TimeProvider time) : IHealthCheck
{
    // Who asks for readiness waits some seconds at most: an answer that says no is better than none.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var asked = time.GetTimestamp();
        try
        {
            var took = await PingAsync().WaitAsync(Patience, time, cancellationToken);
            return HealthCheckResult.Healthy(
                string.Create(CultureInfo.InvariantCulture, $"answers in {took.TotalMilliseconds:0.0} ms"),
                new Dictionary<string, object> { ["answerSeconds"] = Math.Round(took.TotalSeconds, 6) });
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return HealthCheckResult.Unhealthy(
                "the store does not answer", data: new Dictionary<string, object> { ["waitedSeconds"] = Math.Round(time.GetElapsedTime(asked).TotalSeconds, 3) });
        }
    }

    private async Task<TimeSpan> PingAsync() => await (await store.GetAsync()).GetDatabase().PingAsync();
}

/// <summary>Whether every supervisor judges. A silo is ready without: this says that somebody has to look.</summary>
internal sealed class SupervisorHealthCheck(SupervisorWatch watch, IOptions<HealingOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(watch.Pulses, options.Value));

    internal static HealthCheckResult Judge(IEnumerable<SupervisorPulse> pulses, HealingOptions options)
    {
        var seen = pulses.ToList();
        var supervisors = SupervisorHealth.Of(seen, options);
        var faulty = supervisors.Where(s => s.Level is not DoctorLevel.Ok).ToList();
        return faulty.Count is 0
            ? HealthCheckResult.Healthy(Say(supervisors), Figures(seen))
            : HealthCheckResult.Degraded(Say(faulty), data: Figures(seen));
    }

    private static Dictionary<string, object> Figures(IEnumerable<SupervisorPulse> pulses) => pulses.OrderBy(p => p.Partition).ToDictionary(
        p => $"partition{p.Partition}",
        object (p) => new { p.Silo, p.LastRoundAgeSeconds, p.LagSeconds, p.StoreSeconds, p.RestartWaitSeconds, p.Rounds });

    private static string Say(IEnumerable<SupervisorHealth> supervisors) =>
        string.Join("; ", supervisors.Select(s => $"partition {s.Partition}: {s.Message}"));
}
