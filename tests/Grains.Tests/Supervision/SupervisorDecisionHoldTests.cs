using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class SupervisorDecisionHoldTests
{
    private static readonly RestartGate Gate = new(RestartHold.Canary, Given.Now.AddSeconds(7), "one is tried first");

    [Fact]
    public void Judge_RestartThatIsHeld_WaitsAndSaysSoOnce()
    {
        var first = Judge(Given.Alive().Told(FailureReason.Crashed), Given.At(Given.Now) with { Gate = Gate });

        Assert.Equal(
            (AgentStatus.BackingOff, Gate.LookAgainAt, RestartHold.Canary, 1), (first.Next!.Status, first.Next.NextRestartAt, first.Next.Hold, first.Next.ConsecutiveFailures));
        Assert.Equal((ActionKind.BackingOff, "canary", "crashed: failure 1: at once; but one is tried first"),
            (first.Actions[^1].Action, first.Actions[^1].Reason, first.Actions[^1].Details));

        var later = Given.At(Gate.LookAgainAt);
        var second = Judge(Given.Resting(first.Next), later with { Gate = Gate with { LookAgainAt = later.Now.AddSeconds(1) } });

        Assert.Empty(second.Actions);
        // From when it waits this time: if the clock goes back meanwhile, it must not wait for when it was.
        Assert.Equal((later.Now, later.Now.AddSeconds(1)), (second.Next!.Since, second.Next.NextRestartAt));

        var last = Judge(Given.Resting(second.Next), Given.At(later.Now.AddSeconds(1)));
        Assert.Equal((AgentStatus.Restarting, RestartHold.None, Given.Incarnation + 1), (last.Next!.Status, last.Next.Hold, last.Next.Incarnation));
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(0.5, 32)]
    [InlineData(0.999, 33.996)]
    public void Judge_ToldToWaitWithOthers_WaitsForAllAndARandomPartOfTheSpread(double random, double expected)
    {
        var circumstances = Given.At(Given.Now, random) with
        {
            Breaker = new BreakerState("openai", Given.Now.AddSeconds(30), TimeSpan.FromSeconds(4), 3),
        };

        var decision = Judge(Given.Alive().Told(FailureReason.ToldToWait, retryAfter: 10), circumstances);

        Assert.Equal((Given.Now.AddSeconds(expected), "openai", 0), (decision.Next!.NextRestartAt, decision.Next.Breaker, decision.Next.ConsecutiveFailures));
        Assert.Equal(
            "told to wait 10 s; 3 wait for openai, for 30 s and a random part of 4 s", decision.Actions[^1].Details);
    }

    [Fact]
    public void Judge_SiloDiesUnderTheOneOnTrial_QuarantinesIt()
    {
        var state = Given.State(AgentStatus.Restarting) with { IsOnTrial = true, LostInARow = 2 };

        var decision = Judge(Given.Alive(state), Given.At(Given.Now) with { DeadHosts = new HashSet<string> { Given.Host } });

        Assert.Equal((AgentStatus.Quarantined, 0, 3), (decision.Next!.Status, decision.Next.ConsecutiveFailures, decision.Next.LostInARow));
        Assert.Equal((ActionKind.Quarantined, "poison"), (decision.Actions[^1].Action, decision.Actions[^1].Reason));
        Assert.Equal("its silo died while it alone was on trial, after 2 silos in a row that it was on; waits for a person to release it", decision.Actions[^1].Details);
    }

    [Fact]
    public void Judge_SiloDiesAfterTheTrial_IsNoFault()
    {
        var state = Given.State() with { IsOnTrial = true, LostInARow = 2, Since = Given.Now.AddSeconds(-8) };

        var decision = Judge(Given.Alive(state), Given.At(Given.Now) with { DeadHosts = new HashSet<string> { Given.Host } });

        Assert.Equal((AgentStatus.Restarting, false), (decision.Next!.Status, decision.Next.IsOnTrial));
    }

    [Fact]
    public void Judge_SiloDiesInTheTrialAndIsNoticedLongAfter_QuarantinesIt()
    {
        var state = Given.State() with { IsOnTrial = true, LostInARow = 2, Since = Given.Now.AddSeconds(-30) };
        var silent = Given.Alive(state) with { Deadline = Given.Now.AddSeconds(-22) };

        var decision = Judge(silent, Given.At(Given.Now) with { DeadHosts = new HashSet<string> { Given.Host } });

        Assert.Equal((AgentStatus.Quarantined, "poison"), (decision.Next!.Status, decision.Actions[^1].Reason));
    }

    [Fact]
    public void Judge_SiloDiesAfterTheTrialOnceTooOften_QuarantinesIt()
    {
        var state = Given.State() with { IsOnTrial = true, LostInARow = 3, Since = Given.Now.AddSeconds(-40) };

        var decision = Judge(Given.Alive(state), Given.At(Given.Now) with { DeadHosts = new HashSet<string> { Given.Host } });

        Assert.Equal((AgentStatus.Quarantined, "poison"), (decision.Next!.Status, decision.Actions[^1].Reason));
    }

    [Fact]
    public void Judge_GrantedOnTrial_IsMarkedUntilItIsStable()
    {
        var waiting = Given.State(AgentStatus.BackingOff) with { NextRestartAt = Given.Now, LostInARow = 2, Hold = RestartHold.Trial };
        var granted = Judge(Given.Resting(waiting), Given.At(Given.Now) with { IsTrial = true }).Next!;
        Assert.True(granted.IsOnTrial);

        var stable = Judge(Given.Alive(granted with { Status = AgentStatus.Healthy, NextLookAt = Given.Now }), Given.At(Given.Now)).Next!;
        Assert.Equal((false, 0), (stable.IsOnTrial, stable.LostInARow));
    }

    [Fact]
    public void Judge_FailuresOnOneSilo_AreCountedAndTheNextStartGoesElsewhere()
    {
        var state = Given.State();
        for (var n = 1; n <= 3; n++)
        {
            var decision = Judge(Given.Alive(state).Told(FailureReason.Crashed), Given.At(Given.Now) with { SiloNames = new Dictionary<string, string> { [Given.Host] = "silo-1" } });
            Assert.Equal((Given.Host, n), (decision.Next!.FailedOn, decision.Next.FailuresThere));
            state = decision.Next with { Status = AgentStatus.Healthy };
        }

        var start = Judge(Given.Resting(state with { Status = AgentStatus.BackingOff, NextRestartAt = Given.Now }), Given.At(Given.Now));

        Assert.Equal((BackendOrder.Start, Given.Host), (start.Order, start.Avoid));
        Assert.Contains("; on another silo than host-a, where it failed 3 times in a row; ", start.Actions[^1].Details, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_FailureOnAnotherSilo_CountsAnewThere()
    {
        var state = Given.State(failures: 3) with { FailedOn = "host-b", FailuresThere = 3 };

        var decision = Judge(Given.Alive(state).Told(FailureReason.Crashed), Given.At(Given.Now));

        Assert.Equal((Given.Host, 1), (decision.Next!.FailedOn, decision.Next.FailuresThere));
    }

    /// <summary>What something else runs is on no silo that could be avoided.</summary>
    [Fact]
    public void Judge_FailureOutsideTheCluster_IsCountedOnNoSilo()
    {
        var alive = Given.Alive(Given.State(failures: 3)) with { Claim = StoreKeys.Claim(ExternalBeats.Host, ExternalBeats.Host) };

        var decision = Judge(alive.Told(FailureReason.Crashed), Given.At(Given.Now));

        Assert.Equal((4, null, 0), (decision.Next!.ConsecutiveFailures, decision.Next.FailedOn, decision.Next.FailuresThere));
    }

    [Fact]
    public void Judge_StartThatFailedBeforeItsClaim_IsCountedOnTheSiloThatTold()
    {
        var snapshot = (Given.Alive(Given.State(AgentStatus.Restarting)) with { Claim = null }).Told(FailureReason.StartFailed);
        snapshot = snapshot with { Report = Given.Stored(snapshot.Report.Value! with { Host = "host-c" }) };

        var decision = Judge(snapshot, Given.At(Given.Now));

        Assert.Equal(("host-c", 1), (decision.Next!.FailedOn, decision.Next.FailuresThere));
    }

    private static Decision Judge(AgentSnapshot snapshot, Circumstances circumstances) =>
        SupervisorDecision.Judge(snapshot, Given.Policy, circumstances)!;
}
