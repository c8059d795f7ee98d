using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>What a failure costs: the wait, the budget, the quarantine, by its number, its reason and the restart policy.</summary>
public sealed class SupervisorDecisionFailureTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 4)]
    [InlineData(3, 8)]
    [InlineData(4, 16)]
    [InlineData(5, 32)]
    [InlineData(6, 60)]
    [InlineData(7, 60)]
    public void Judge_NthFailureInARow_WaitsByTheTable(int failure, double seconds)
    {
        foreach (var random in (double[])[0, 0.25, 0.5, 0.999])
        {
            var decision = Judge(Given.Alive(Given.State(failures: failure - 1)).Told(FailureReason.Crashed), random);

            var next = decision.Next!;
            Assert.Equal(failure, next.ConsecutiveFailures);
            if (seconds == 0)
            {
                Assert.Equal((AgentStatus.Restarting, 8L, BackendOrder.Start), (next.Status, next.Incarnation, decision.Order));
                Assert.Equal(Given.Now + Given.Policy.StartupGrace, decision.NewDeadline);
            }
            else
            {
                var wait = (next.NextRestartAt!.Value - Given.Now).TotalSeconds;
                Assert.Equal((AgentStatus.BackingOff, 7L, BackendOrder.None), (next.Status, next.Incarnation, decision.Order));
                Assert.InRange(wait, seconds * 0.9, seconds * 1.1);
                Assert.Equal(wait, decision.Actions[1].BackoffSeconds!.Value, 3);
                Assert.Null(decision.NewDeadline);
            }
        }
    }

    [Fact]
    public void Judge_EighthFailureInARow_Quarantines()
    {
        var decision = Judge(Given.Alive(Given.State(failures: 7)).Told(FailureReason.Crashed));

        Assert.Equal((AgentStatus.Quarantined, 8, 7L), (decision.Next!.Status, decision.Next.ConsecutiveFailures, decision.Next.Incarnation));
        Assert.Equal([ActionKind.Failed, ActionKind.Quarantined], decision.Actions.Select(a => a.Action));
        Assert.Contains("8 failures in a row are the most that are allowed", decision.Actions[1].Details, StringComparison.Ordinal);
        Assert.Equal((BackendOrder.None, null), (decision.Order, decision.NewDeadline));
        Assert.Null(decision.Next.NextRestartAt);
    }

    [Theory]
    [InlineData(FailureReason.Crashed, 3, AgentStatus.BackingOff, 8)]
    [InlineData(FailureReason.Exited, 3, AgentStatus.BackingOff, 8)]
    [InlineData(FailureReason.StartFailed, 3, AgentStatus.BackingOff, 8)]
    [InlineData(FailureReason.StartTimedOut, 3, AgentStatus.BackingOff, 8)]
    [InlineData(FailureReason.Silent, 3, AgentStatus.BackingOff, 8)]
    [InlineData(FailureReason.Stuck, 3, AgentStatus.BackingOff, 8)]
    [InlineData(FailureReason.OutOfMemory, 3, AgentStatus.BackingOff, 8)]
    [InlineData(FailureReason.Fatal, 3, AgentStatus.Quarantined, 0)]
    [InlineData(FailureReason.BadDefinition, 3, AgentStatus.Quarantined, 0)]
    [InlineData(FailureReason.SiloLost, 2, AgentStatus.Restarting, 0)]
    [InlineData(FailureReason.Drained, 2, AgentStatus.Restarting, 0)]
    [InlineData(FailureReason.ToldToWait, 2, AgentStatus.BackingOff, 90)]
    public void Judge_EachReason_CostsWhatItShould(FailureReason reason, int failures, AgentStatus status, double wait)
    {
        var decision = Judge(Given.Alive(Given.State(failures: 2)).Told(reason, retryAfter: reason is FailureReason.ToldToWait ? 90 : null));

        Assert.Equal((failures, status), (decision.Next!.ConsecutiveFailures, decision.Next.Status));
        Assert.Equal(wait, decision.Next.NextRestartAt is { } at ? (at - Given.Now).TotalSeconds : 0);
        Assert.All(decision.Actions, a => Assert.Equal(reason.ToWord(), a.Reason));
    }

    [Theory]
    [InlineData(FailureReason.SiloLost)]
    [InlineData(FailureReason.Drained)]
    public void Judge_MovedForNoFaultOfItsOwn_StartsAtOnceEvenWithTheBudgetSpent(FailureReason reason)
    {
        var decision = Judge(Given.Alive(Given.State(failures: 7)).Told(reason));

        Assert.Equal((AgentStatus.Restarting, 7, 8L), (decision.Next!.Status, decision.Next.ConsecutiveFailures, decision.Next.Incarnation));
        Assert.Equal(BackendOrder.Start, decision.Order);
    }

    [Fact]
    public void Judge_Drained_LogsNoFailure()
    {
        var decision = Judge(Given.Alive().Told(FailureReason.Drained));

        Assert.Equal(ActionKind.Restarting, Assert.Single(decision.Actions).Action);
        Assert.Null(decision.Next!.FailedAt);
        Assert.Null(decision.Next.LastFailure);
    }

    [Fact]
    public void Judge_ToldToWaitWithoutAWait_WaitsByTheBackoffOfTheLastFailure()
    {
        var decision = Judge(Given.Alive(Given.State(failures: 3)).Told(FailureReason.ToldToWait));

        Assert.Equal((3, Given.Now.AddSeconds(8)), (decision.Next!.ConsecutiveFailures, decision.Next.NextRestartAt));
    }

    [Fact]
    public void Judge_OutOfMemoryForTheFirstTime_IsNotStartedAtOnceAndCounts()
    {
        var decision = Judge(Given.Alive().Told(FailureReason.OutOfMemory));

        Assert.Equal((1, Given.Now.AddSeconds(4)), (decision.Next!.ConsecutiveFailures, decision.Next.NextRestartAt));
    }

    [Fact]
    public void Judge_SiloLostOverAndOver_WaitsMoreAndMoreAndCostsNothing()
    {
        var circumstances = Given.At(Given.Now) with { DeadHosts = new HashSet<string> { Given.Host } };
        var waits = new List<double>();
        var state = Given.State(failures: 2);
        for (var i = 0; i < 7; i++)
        {
            var decision = SupervisorDecision.Judge(Given.Alive(state with { Status = AgentStatus.Healthy }), Given.Policy, circumstances)!;
            waits.Add(decision.Actions[^1].BackoffSeconds!.Value);
            state = decision.Next!;
        }

        Assert.Equal([0, 0, 0, 4, 8, 16, 32], waits);
        Assert.Equal(2, state.ConsecutiveFailures);
    }

    [Fact]
    public void Judge_StableAfterLostSilos_ForgetsThemInSilence()
    {
        var lost = Given.State(AgentStatus.Restarting) with { LostInARow = 5 };
        var healthy = SupervisorDecision.Judge(Given.Alive(lost), Given.Policy, Given.At(Given.Now))!.Next!;
        Assert.Equal(Given.Now + Given.Policy.Stable, healthy.NextLookAt);

        var stable = SupervisorDecision.Judge(
            Given.Alive(healthy) with { Deadline = Given.Now + Given.Policy.Stable + Given.Policy.Timeout }, Given.Policy, Given.At(Given.Now + Given.Policy.Stable))!;
        Assert.Equal((0, null), (stable.Next!.LostInARow, stable.Next.NextLookAt));
        Assert.Empty(stable.Actions);
    }

    [Fact]
    public void Judge_RestartWhoseTurnIsLater_WaitsForItOnce()
    {
        var later = Given.At(Given.Now) with { RestartTurn = (Given.Now.AddSeconds(3), "the fleet restarts 10 agents a second") };

        var held = SupervisorDecision.Judge(Given.Alive().Told(FailureReason.Crashed), Given.Policy, later)!;

        Assert.Equal((AgentStatus.BackingOff, Given.Now.AddSeconds(3), true), (held.Next!.Status, held.Next.NextRestartAt!.Value, held.Next.HasTurn));
        Assert.Equal("failure 1: at once; but the fleet restarts 10 agents a second: its turn is in 3 s", held.Actions[^1].Details);
        var over = SupervisorDecision.Judge(Given.Resting(held.Next), Given.Policy, later with { Now = Given.Now.AddSeconds(3), RestartTurn = (Given.Now.AddHours(1), "none") })!;
        Assert.Equal((AgentStatus.Restarting, false, 1), (over.Next!.Status, over.Next.HasTurn, over.Next.ConsecutiveFailures));
    }

    [Fact]
    public void Judge_ToldToWaitForNoTime_IsNotStartedAtOnce() =>
        Assert.Equal(AgentStatus.BackingOff, Judge(Given.Alive().Told(FailureReason.ToldToWait, retryAfter: 0)).Next!.Status);

    [Fact]
    public void Judge_ToldToWaitWithoutAWaitAndWithoutFailures_IsNotStartedAtOnce()
    {
        var decision = Judge(Given.Alive().Told(FailureReason.ToldToWait));

        Assert.Equal((0, AgentStatus.BackingOff, Given.Now.AddSeconds(4)), (decision.Next!.ConsecutiveFailures, decision.Next.Status, decision.Next.NextRestartAt!.Value));
    }

    [Theory]
    [InlineData(RestartPolicy.Permanent, ReportKind.Failed, AgentStatus.Restarting)]
    [InlineData(RestartPolicy.Permanent, ReportKind.Returned, AgentStatus.Restarting)]
    [InlineData(RestartPolicy.Transient, ReportKind.Failed, AgentStatus.Restarting)]
    [InlineData(RestartPolicy.Transient, ReportKind.Returned, AgentStatus.Completed)]
    [InlineData(RestartPolicy.Temporary, ReportKind.Failed, AgentStatus.Stopped)]
    [InlineData(RestartPolicy.Temporary, ReportKind.Returned, AgentStatus.Completed)]
    internal void Judge_EndOfABody_GoesByTheRestartPolicy(RestartPolicy restart, ReportKind kind, AgentStatus status)
    {
        var policy = Given.Policy with { Restart = restart };

        var decision = SupervisorDecision.Judge(Given.Alive().Told(FailureReason.Exited, kind: kind), policy, Given.At(Given.Now))!;

        Assert.Equal(status, decision.Next!.Status);
        Assert.Equal(status is AgentStatus.Restarting ? BackendOrder.Start : BackendOrder.None, decision.Order);
    }

    [Theory]
    [InlineData(FailureReason.SiloLost)]
    [InlineData(FailureReason.Drained)]
    public void Judge_TemporaryAgentThatLostItsSilo_IsMoved(FailureReason reason)
    {
        var policy = Given.Policy with { Restart = RestartPolicy.Temporary };

        var decision = SupervisorDecision.Judge(Given.Alive().Told(reason), policy, Given.At(Given.Now))!;

        Assert.Equal(AgentStatus.Restarting, decision.Next!.Status);
    }

    [Fact]
    public void Judge_Completed_ForgetsItsFailures()
    {
        var policy = Given.Policy with { Restart = RestartPolicy.Transient };
        var snapshot = Given.Alive(Given.State(failures: 5)).Told(FailureReason.Exited, kind: ReportKind.Returned);

        var next = SupervisorDecision.Judge(snapshot, policy, Given.At(Given.Now))!.Next!;

        Assert.Equal((AgentStatus.Completed, 0, 7L), (next.Status, next.ConsecutiveFailures, next.Incarnation));
    }

    [Fact]
    public void Judge_Failure_WritesTheNumbersItWasDecidedOn()
    {
        var snapshot = Given.Alive(Given.State(failures: 1)).Told(FailureReason.Crashed, Given.Now.AddMilliseconds(-12));

        var decision = Judge(snapshot);

        var (failed, waits) = (decision.Actions[0], decision.Actions[1]);
        Assert.Equal((ActionKind.Failed, "crashed", 2, 7L), (failed.Action, failed.Reason, failed.ConsecutiveFailures, failed.Incarnation));
        Assert.Equal((0.012, Given.Host), (failed.DetectSeconds, failed.Silo));
        Assert.Equal("it broke; failure 2 of 8 in a row", failed.Details);
        Assert.Equal((ActionKind.BackingOff, 4.0), (waits.Action, waits.BackoffSeconds));
        Assert.Equal("failure 2: 2 s x 2^1, at most 60 s, is 4 s; with jitter 4 s", waits.Details);
        Assert.Equal(new AgentFailure(FailureReason.Crashed, "it broke", Given.Now.AddMilliseconds(-12)), decision.Next!.LastFailure);
        Assert.NotEqual(failed.Id, waits.Id);
        Assert.True(string.CompareOrdinal(failed.Id, waits.Id) < 0);
    }

    [Fact]
    public void Judge_SecondFailureOfOneOutage_KeepsTheMomentItBegan()
    {
        var began = Given.Now.AddMinutes(-1);
        var state = Given.State(AgentStatus.Restarting, 1) with { FailedAt = began };

        Assert.Equal(began, Judge(Given.Alive(state).Told(FailureReason.Crashed)).Next!.FailedAt);
    }

    [Fact]
    public void Judge_Failure_LeavesWhatAPersonWants() =>
        Assert.Same(Given.WantedByAnna, Judge(Given.Alive(Given.State(failures: 7)).Told(FailureReason.Crashed)).Next!.Desired);

    [Fact]
    public void Judge_ReportOfAnOlderIncarnation_SaysNothing()
    {
        var report = Given.Stored(new IncarnationReport
        {
            Incarnation = 6,
            Kind = ReportKind.Failed,
            Reason = FailureReason.Fatal,
            Message = "long ago",
            At = Given.Now,
        });

        Assert.Null(SupervisorDecision.Judge(Given.Alive() with { Report = report }, Given.Policy, Given.At(Given.Now)));
    }

    [Fact]
    public void Judge_WaitThatIsOver_GrantsTheNextIncarnation()
    {
        var state = Given.State(AgentStatus.BackingOff, 3) with { LastFailure = new(FailureReason.Stuck, "stuck", Given.Now) };
        var due = state.NextRestartAt!.Value;

        Assert.Null(SupervisorDecision.Judge(Given.Resting(state), Given.Policy, Given.At(due.AddMilliseconds(-1))));
        var decision = SupervisorDecision.Judge(Given.Resting(state), Given.Policy, Given.At(due))!;

        Assert.Equal((AgentStatus.Restarting, 8L, 3, 7L), (decision.Next!.Status, decision.Next.Incarnation, decision.Next.ConsecutiveFailures, decision.Next.TotalRestarts));
        Assert.Equal((null, BackendOrder.Start, due + Given.Policy.StartupGrace), (decision.Next.NextRestartAt, decision.Order, decision.NewDeadline!.Value));
        Assert.Equal("stuck", Assert.Single(decision.Actions).Reason);
    }

    [Theory]
    [InlineData(true, "its definition cannot be read: it is garbage; waits for a person")]
    [InlineData(false, "its definition is gone; waits for a person")]
    public void Judge_NextIncarnationWithoutADefinition_Quarantines(bool malformed, string details)
    {
        var snapshot = Given.Alive().Told(FailureReason.Crashed) with
        {
            Definition = malformed ? Given.Malformed<OrleansHealing.Agents.AgentDefinition>() : default,
        };

        var decision = Judge(snapshot);

        Assert.Equal((AgentStatus.Quarantined, 7L, BackendOrder.None), (decision.Next!.Status, decision.Next.Incarnation, decision.Order));
        Assert.Equal(("bad-definition", details), (decision.Actions[^1].Reason, decision.Actions[^1].Details));
        Assert.Null(decision.NewDeadline);
    }

    private static Decision Judge(AgentSnapshot snapshot, double random = 0.5) =>
        SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(Given.Now, random))
        ?? throw new InvalidOperationException("Nothing was decided.");
}
