using OrleansHealing.Agents;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>Incarnations that live: spawned, recovered, stable, repaired, rebuilt.</summary>
public sealed class SupervisorDecisionProgressTests
{
    [Fact]
    public void Spawn_NewAgent_GrantsTheNumberAfterTheFloor()
    {
        var decision = SupervisorDecision.Spawn(Given.Definition, Given.Policy, "anna", 41, Given.At(Given.Now));

        Assert.Equal((AgentStatus.Starting, 42L, 0, 0L), (decision.Next!.Status, decision.Next.Incarnation, decision.Next.ConsecutiveFailures, decision.Next.TotalRestarts));
        Assert.Equal((BackendOrder.Start, Given.Now.AddSeconds(15)), (decision.Order, decision.NewDeadline));
        Assert.Equal((DesiredMode.Run, "anna", Given.Now), (decision.Next.Desired.Mode, decision.Next.Desired.Actor, decision.Next.Desired.At));
        Assert.Equal(
            "by anna, kind data-processing; incarnation 42 must be heard within 15 s", Assert.Single(decision.Actions).Details);
    }

    [Theory]
    [InlineData(AgentStatus.Starting, "started")]
    [InlineData(AgentStatus.Restarting, "first-heartbeat")]
    public void Judge_Claimed_IsHealthy(AgentStatus status, string reason)
    {
        var decision = SupervisorDecision.Judge(Given.Alive(Given.State(status)), Given.Policy, Given.At(Given.Now))!;

        Assert.Equal((AgentStatus.Healthy, 7L, Given.Now), (decision.Next!.Status, decision.Next.Incarnation, decision.Next.Since));
        Assert.Equal((ActionKind.Recovered, reason, Given.Host), (decision.Actions[0].Action, decision.Actions[0].Reason, decision.Actions[0].Silo));
        Assert.Equal((BackendOrder.None, null), (decision.Order, decision.NewDeadline));
        Assert.Null(decision.Next.NextLookAt);
    }

    [Fact]
    public void Judge_HeartbeatWithoutAClaim_IsNoRecovery()
    {
        var state = Given.State(AgentStatus.Restarting) with { NextLookAt = Given.Now.AddSeconds(1) };

        Assert.Null(SupervisorDecision.Judge(Given.Alive(state) with { Claim = null }, Given.Policy, Given.At(Given.Now)));
    }

    [Fact]
    public void Judge_RecoveredFromAnOutage_SaysHowLongItWasAndKeepsTheCount()
    {
        var state = Given.State(AgentStatus.Restarting, failures: 3) with { FailedAt = Given.Now.AddSeconds(-12) };

        var decision = SupervisorDecision.Judge(Given.Alive(state), Given.Policy, Given.At(Given.Now))!;

        Assert.Equal(TimeSpan.FromSeconds(10), decision.RecoveredAfter);
        Assert.Equal((3, null, Given.Now.AddSeconds(60)), (decision.Next!.ConsecutiveFailures, decision.Next.FailedAt, decision.Next.NextLookAt!.Value));
        Assert.Equal("beats again 10 s after it failed; its failures are forgotten after 60 s of health", decision.Actions[0].Details);
    }

    [Fact]
    public void Judge_HealthyForTheStableTime_ForgetsItsFailures()
    {
        var state = Given.State(failures: 3) with { NextLookAt = Given.Now };

        Assert.Null(SupervisorDecision.Judge(Given.Alive(state), Given.Policy, Given.At(Given.Now.AddTicks(-1))));
        var decision = SupervisorDecision.Judge(Given.Alive(state), Given.Policy, Given.At(Given.Now))!;

        Assert.Equal((0, null, AgentStatus.Healthy), (decision.Next!.ConsecutiveFailures, decision.Next.NextLookAt, decision.Next.Status));
        Assert.Equal("healthy for 60 s: 3 failures in a row are forgotten", Assert.Single(decision.Actions).Details);
        Assert.Equal(state.Since, decision.Next.Since);
    }

    [Fact]
    public void Judge_GrantThatNobodyClaimed_OrdersTheSameIncarnationAgain()
    {
        var state = Given.State(AgentStatus.Restarting) with { NextLookAt = Given.Now };

        var decision = SupervisorDecision.Judge(Given.Alive(state) with { Claim = null }, Given.Policy, Given.At(Given.Now))!;

        Assert.Equal((BackendOrder.Start, null), (decision.Order, decision.NewDeadline));
        Assert.Equal(state with { NextLookAt = Given.Now + SupervisorDecision.LookAgain }, decision.Next);
        Assert.Empty(decision.Actions);
    }

    [Fact]
    public void Judge_StableTimeOverWhileNobodyCanBeHeard_ForgetsNothing()
    {
        var state = Given.State(failures: 3) with { NextLookAt = Given.Now };

        Assert.Null(SupervisorDecision.Judge(Given.Alive(state), Given.Policy, Given.At(Given.Now) with { HeardSince = Given.Now.AddSeconds(-4) }));
        Assert.NotNull(SupervisorDecision.Judge(Given.Alive(state), Given.Policy, Given.At(Given.Now) with { HeardSince = Given.Now.AddSeconds(-5) }));
    }

    [Fact]
    public void Judge_StableTimeOverAtAMissedDeadline_ForgetsNothing()
    {
        var state = Given.State(failures: 3) with { NextLookAt = Given.Now };

        var decision = SupervisorDecision.Judge(Given.Alive(state) with { Deadline = Given.Now }, Given.Policy, Given.At(Given.Now))!;

        Assert.Equal(4, decision.Next!.ConsecutiveFailures);
    }

    [Fact]
    public void Judge_GrantThatNobodyCouldStartInAHold_GetsANewDeadline()
    {
        var state = Given.State(AgentStatus.Restarting) with { NextLookAt = Given.Now };
        var held = Given.At(Given.Now) with { HeardSince = Given.Now };

        var decision = SupervisorDecision.Judge(Given.Alive(state) with { Claim = null, Deadline = Given.Now.AddHours(-1) }, Given.Policy, held)!;

        Assert.Equal((BackendOrder.Start, Given.Now.AddSeconds(15)), (decision.Order, decision.NewDeadline!.Value));
        Assert.Equal(state.ConsecutiveFailures, decision.Next!.ConsecutiveFailures);
    }

    [Fact]
    public void Judge_GrantWithoutADefinition_OrdersNothing()
    {
        var state = Given.State(AgentStatus.Restarting) with { NextLookAt = Given.Now };
        var snapshot = Given.Alive(state) with { Claim = null, Definition = Given.Malformed<AgentDefinition>() };

        Assert.Null(SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(Given.Now)));
        Assert.Equal(AgentStatus.Quarantined, SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(Given.Now.AddSeconds(3)))!.Next!.Status);
    }

    [Theory]
    [InlineData(AgentStatus.Starting)]
    [InlineData(AgentStatus.Healthy)]
    [InlineData(AgentStatus.Restarting)]
    public void Judge_DeadlineLost_IsStartedAnewAndCostsNothing(AgentStatus status)
    {
        var state = Given.State(status, failures: 2);

        var decision = SupervisorDecision.Judge(Given.Alive(state) with { Deadline = null }, Given.Policy, Given.At(Given.Now))!;

        Assert.Equal((Given.Incarnation + 1, 2, BackendOrder.Start), (decision.Next!.Incarnation, decision.Next.ConsecutiveFailures, decision.Order));
        Assert.Equal(Given.Now.AddSeconds(15), decision.NewDeadline);
        Assert.Equal(["repaired deadline-lost", "restarting deadline-lost"], decision.Actions.Select(a => $"{a.Action.ToWord()} {a.Reason}"));
    }

    [Theory]
    [InlineData(true, "its health state cannot be read (it is garbage)")]
    [InlineData(false, "its health state is gone")]
    public void Rebuild_StateLost_GoesOnWithTheKnownIncarnationAndAwaitsItsClaim(bool malformed, string why)
    {
        var snapshot = Given.Alive() with { State = malformed ? Given.Malformed<HealthState>() : default };

        var decision = SupervisorDecision.Rebuild(snapshot, 9, true, Given.Policy, Given.At(Given.Now));

        Assert.Equal((AgentStatus.Restarting, 9L, Given.Now.AddSeconds(15)), (decision.Next!.Status, decision.Next.Incarnation, decision.NewDeadline!.Value));
        Assert.Equal(Given.Now + SupervisorDecision.LookAgain, decision.Next.NextLookAt);
        Assert.StartsWith(why, Assert.Single(decision.Actions).Details, StringComparison.Ordinal);
        Assert.Equal(BackendOrder.None, decision.Order);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public void Rebuild_WhoseEndWasToldAlready_IsJudgedByThatAtOnce(long after, bool isAtOnce)
    {
        var told = Given.Alive().Told(FailureReason.Crashed) with { State = default };

        var decision = SupervisorDecision.Rebuild(told, Given.Incarnation - after, true, Given.Policy, Given.At(Given.Now));

        Assert.Equal(isAtOnce ? Given.Now : Given.Now + SupervisorDecision.LookAgain, decision.Next!.NextLookAt);
    }

    [Fact]
    public void Judge_StuckEachTimeWithAProgressTimeoutBeyondTheStableTime_IsQuarantinedInTheEnd()
    {
        var policy = Given.Policy with { ProgressTimeout = TimeSpan.FromMinutes(5) };
        var (state, now, waits) = (Given.State(AgentStatus.Restarting), Given.Now, new List<int>());
        while (state.Status is not AgentStatus.Quarantined && waits.Count < 100)
        {
            var begun = now;
            state = Decide(now);
            while (state.NextLookAt is { } look && look < begun + policy.ProgressTimeout)
            {
                now = look;
                state = Decide(now);
            }

            now = begun + policy.ProgressTimeout!.Value;
            state = Decide(now);
            waits.Add(state.ConsecutiveFailures);
            if (state.NextRestartAt is { } at)
            {
                now = at;
                state = SupervisorDecision.Judge(Given.Resting(state), policy, Given.At(now))!.Next!;
            }

            HealthState Decide(DateTimeOffset at) => SupervisorDecision.Judge(
                Given.Alive(state) with
                {
                    Deadline = at + policy.Timeout < begun + policy.ProgressTimeout!.Value ? at + policy.Timeout : begun + policy.ProgressTimeout.Value,
                    Heartbeat = Given.Stored(Given.Beat(begun, state.Incarnation) with { ProgressAt = begun }),
                },
                policy,
                Given.At(at))!.Next!;
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], waits);
    }

    [Fact]
    public void Judge_ProgressOfItsClaimAloneByAClockThatIsSomewhatAhead_IsNotForgiven()
    {
        var policy = Given.Policy with { ProgressTimeout = TimeSpan.FromMinutes(5) };
        var state = Given.State(failures: 3) with { NextLookAt = Given.Now };
        var snapshot = Given.Alive(state) with { Heartbeat = Given.Stored(Given.Beat(Given.Now) with { ProgressAt = state.Since.AddMilliseconds(8) }) };

        Assert.Equal(3, SupervisorDecision.Judge(snapshot, policy, Given.At(Given.Now))!.Next!.ConsecutiveFailures);
    }

    [Fact]
    public void Judge_GotOnSinceItIsHealthy_IsForgivenAtTheStableTime()
    {
        var policy = Given.Policy with { ProgressTimeout = TimeSpan.FromMinutes(5) };
        var state = Given.State(failures: 3) with { NextLookAt = Given.Now };
        var snapshot = Given.Alive(state) with { Heartbeat = Given.Stored(Given.Beat(Given.Now) with { ProgressAt = state.Since.AddSeconds(1) }) };

        Assert.Equal(0, SupervisorDecision.Judge(snapshot, policy, Given.At(Given.Now))!.Next!.ConsecutiveFailures);
    }

    [Fact]
    public void Judge_ProgressFromBeforeTheClockWasSetBack_IsNotForgiven()
    {
        var policy = Given.Policy with { ProgressTimeout = TimeSpan.FromMinutes(5) };
        var state = Given.State(failures: 3) with { NextLookAt = Given.Now };
        var snapshot = Given.Alive(state) with { Heartbeat = Given.Stored(Given.Beat(Given.Now) with { ProgressAt = Given.Now.AddSeconds(1) }) };

        Assert.Equal(3, SupervisorDecision.Judge(snapshot, policy, Given.At(Given.Now))!.Next!.ConsecutiveFailures);
    }

    [Fact]
    public void Judge_GrantedAndNotClaimedWhenTurnsAreTaken_IsOrderedAgainAtItsTurn()
    {
        var state = Given.State(AgentStatus.Restarting) with { NextLookAt = Given.Now };
        var snapshot = Given.Alive(state) with { Claim = null, Deadline = Given.Now.AddSeconds(3) };
        var turn = Given.Now.AddSeconds(4);

        var put = SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(Given.Now) with { RestartTurn = (turn, "limit") })!;
        Assert.Equal((BackendOrder.None, turn, true, turn + Given.Policy.StartupGrace), (put.Order, put.Next!.NextLookAt!.Value, put.Next.HasTurn, put.NewDeadline!.Value));

        var ordered = SupervisorDecision.Judge(
            snapshot with { State = Given.Stored(put.Next), Deadline = put.NewDeadline }, Given.Policy, Given.At(turn) with { RestartTurn = (turn.AddSeconds(9), "limit") })!;
        Assert.Equal((BackendOrder.Start, false), (ordered.Order, ordered.Next!.HasTurn));
    }
}
