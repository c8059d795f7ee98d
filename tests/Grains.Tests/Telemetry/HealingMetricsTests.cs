using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Telemetry;

/// <summary>What the instruments show of what happens.</summary>
public sealed class HealingMetricsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Meters _meters;

    public HealingMetricsTests() => _meters = new Meters(_time);

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void Agents_AsTheSupervisorCounted_HaveEachStatusAlsoThoseOfNobody()
    {
        _meters.Metrics.AgentsCounted(0, Counted(healthy: 7, quarantined: 2), late: 3);

        var seen = Agents();
        Assert.Equal(Enum.GetValues<AgentStatus>().Length, seen.Count);
        Assert.Equal(9, seen.Values.Sum());
        Assert.Equal((4, 3, 2, 0), (seen["healthy"], seen["stale"], seen["quarantined"], seen["paused"]));
    }

    [Fact]
    public void Agents_OnASiloWithoutASupervisor_AreNotTold()
    {
        Assert.Empty(Agents());

        _meters.Metrics.AgentsCounted(0, Counted(healthy: 7), late: 0);
        _meters.Metrics.AgentsLeft(0);

        Assert.Empty(Agents());
    }

    [Fact]
    public void Agents_OfASupervisorThatCountsNoMore_EndAfterThreeCounts()
    {
        _meters.Metrics.AgentsCounted(0, Counted(healthy: 7), late: 0);

        _time.Advance(3 * FleetSampler.Stretch - TimeSpan.FromMilliseconds(1));
        Assert.Equal(7, Agents()["healthy"]);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Empty(Agents());
    }

    [Fact]
    public void SupervisorAge_WhileItIsNotHeardOf_Grows()
    {
        _meters.Metrics.SupervisorHeard(new SupervisorPulse { Partition = 1, Silo = "silo-1", LastRoundAgeSeconds = 0.5 });
        _time.Advance(TimeSpan.FromSeconds(20));
        _meters.Metrics.SupervisorHeard(new SupervisorPulse { Partition = 1, Silo = "silo-2", LastRoundAgeSeconds = null });

        Assert.Equal(20.5, _meters.Observe("healing.supervisor.age")["{partition=1}"]);
    }

    [Fact]
    public void Declare_CountersThatNothingHappenedTo_AreThereWithZero()
    {
        _meters.Metrics.Declare(["slack"]);

        string[] series =
        [
            "healing.heartbeats.fenced", "healing.agent.abandoned", "healing.agent.quarantines{reason=fatal}", "healing.agent.failures{reason=start-timed-out}",
            "healing.alerts.sent{sink=slack,state=resolved,outcome=refused}",
            "healing.detect.mistakes{reason=silent}", "healing.store.malformed{record=HealthState}",
        ];
        Assert.All(series, s => Assert.Equal([0], _meters.Of(s)));
    }

    [Fact]
    public void ActionCommitted_AWait_IsMeasuredAsLongAsItWasDecided()
    {
        _meters.Metrics.ActionCommitted(new SupervisorAction
        {
            Id = "1",
            At = _time.GetUtcNow(),
            AgentId = AgentId.Parse("a"),
            Action = ActionKind.BackingOff,
            Incarnation = 1,
            Reason = "crashed",
            Details = "",
            ConsecutiveFailures = 2,
            BackoffSeconds = 4.2,
        });

        Assert.Equal([4.2], _meters.Of("healing.backoff.duration{reason=crashed}"));
    }

    private Dictionary<string, double> Agents() => _meters.Observe("healing.agents")
        .ToDictionary(a => a.Key["{status=".Length..a.Key.IndexOf(',', StringComparison.Ordinal)], a => a.Value);

    private static Dictionary<AgentStatus, long> Counted(long healthy, long quarantined = 0) =>
        new() { [AgentStatus.Healthy] = healthy, [AgentStatus.Quarantined] = quarantined };
}
