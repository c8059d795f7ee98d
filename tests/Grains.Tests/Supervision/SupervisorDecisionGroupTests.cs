using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class SupervisorDecisionGroupTests
{
    private static readonly AgentId Before = AgentId.Parse("before");
    private static readonly AgentId After = AgentId.Parse("tail");

    [Fact]
    public void Judge_FailureOfAMember_OpensARoundAndWaitsUntilTheOthersAreStopped()
    {
        var decision = Judge(Member(GroupRestart.OneForAll, Sibling(Before, 0)).Told(FailureReason.Crashed));

        Assert.Equal((AgentStatus.BackingOff, RestartHold.Group, 1), (decision.Next!.Status, decision.Next.Hold, decision.Next.GroupRound));
        Assert.Equal([Given.Now], decision.Next.GroupFailures);
        Assert.Equal("crashed: failure 1: at once; but agent 'before' of its group is to be stopped first", decision.Actions[^1].Details);
    }

    [Theory]
    [InlineData(GroupRestart.OneForAll, "before", true)]
    [InlineData(GroupRestart.OneForAll, "tail", true)]
    [InlineData(GroupRestart.RestForOne, "before", true)]
    [InlineData(GroupRestart.RestForOne, "tail", false)]
    public void Judge_FailureOfAnother_StopsWhoeverIsRestartedWithIt(GroupRestart restart, string failed, bool isStopped)
    {
        var other = Sibling(AgentId.Parse(failed), failed is "before" ? 0 : 2) with { Status = AgentStatus.BackingOff, Round = 3 };

        var decision = SupervisorDecision.Judge(Member(restart, other), Given.Policy, Given.At(Given.Now));

        if (!isStopped)
        {
            Assert.Null(decision);
            return;
        }

        Assert.Equal((AgentStatus.BackingOff, RestartHold.Group, 3, 0), (decision!.Next!.Status, decision.Next.Hold, decision.Next.GroupRound, decision.Next.ConsecutiveFailures));
        Assert.Equal((BackendOrder.Stop, "group"), (decision.Order, Assert.Single(decision.Actions).Reason));
    }

    [Fact]
    public void Judge_WaitingInAGroup_IsStartedAfterThoseBeforeItAreHealthy()
    {
        var waiting = Waiting(round: 1);
        var first = Sibling(Before, 0) with { Round = 1, Status = AgentStatus.Restarting };

        var held = Judge(Member(GroupRestart.OneForAll, [first], waiting));
        Assert.Equal((AgentStatus.BackingOff, BackendOrder.None), (held.Next!.Status, held.Order));
        Assert.Empty(held.Actions);

        var started = Judge(Member(GroupRestart.OneForAll, [first with { Status = AgentStatus.Healthy }], waiting));
        Assert.Equal((AgentStatus.Restarting, BackendOrder.Start, RestartHold.None), (started.Next!.Status, started.Order, started.Next.Hold));
    }

    [Fact]
    public void Judge_WaitingInAGroup_DoesNotWaitForThoseAfterItOrAtRest()
    {
        var others = new[]
        {
            Sibling(After, 2) with { Round = 1, Status = AgentStatus.BackingOff, Hold = RestartHold.Group, NextRestartAt = Given.Now.AddSeconds(1) },
            Sibling(Before, 0) with { Status = AgentStatus.Paused },
        };

        Assert.Equal(BackendOrder.Start, Judge(Member(GroupRestart.OneForAll, others, Waiting(round: 1))).Order);
    }

    [Fact]
    public void Judge_TheFailedOneBacksOff_TheGroupWaitsForItsStart()
    {
        var failed = Sibling(After, 2) with { Round = 1, Status = AgentStatus.BackingOff, NextRestartAt = Given.Now.AddSeconds(8) };

        var held = Judge(Member(GroupRestart.OneForAll, [failed], Waiting(round: 1)));

        Assert.Equal((AgentStatus.BackingOff, Given.Now.AddSeconds(8)), (held.Next!.Status, held.Next.NextRestartAt));
    }

    [Fact]
    public void Judge_TwoFailAtOnce_IsOneRound()
    {
        var other = Sibling(Before, 0) with { Status = AgentStatus.BackingOff, Round = 1 };

        Assert.Equal(1, Judge(Member(GroupRestart.OneForAll, other).Told(FailureReason.Crashed)).Next!.GroupRound);
    }

    [Fact]
    public void Judge_FailsWhileOneAfterItIsInALaterRound_OpensOneAboveAll()
    {
        var snapshot = Member(GroupRestart.RestForOne, Sibling(Before, 0) with { Round = 5 }, Sibling(After, 2) with { Round = 7 });

        Assert.Equal(8, Judge(snapshot.Told(FailureReason.Crashed)).Next!.GroupRound);
    }

    [Fact]
    public void Judge_GroupFailedTooOftenInItsPeriod_IsQuarantined()
    {
        var (old, recent) = (Given.Now.AddSeconds(-61), Given.Now.AddSeconds(-59));
        var other = Sibling(Before, 0) with { Failures = [old, recent, recent] };
        var state = Given.State() with { GroupFailures = [recent, recent, recent] };

        var decision = Judge(Member(GroupRestart.OneForAll, [other], state).Told(FailureReason.Crashed));

        Assert.Equal((AgentStatus.Quarantined, RestartHold.None), (decision.Next!.Status, decision.Next.Hold));
        Assert.Equal(("group-limit", "group 'pipe' failed 6 times within 60 s, and 5 are the most; waits for a person to release it"), (decision.Actions[^1].Reason, decision.Actions[^1].Details));
    }

    [Fact]
    public void Judge_FailuresFromBeforeTheClockWentBack_CountForNoLimit()
    {
        var ahead = Enumerable.Range(0, 5).Select(i => Given.Now.AddHours(5).AddSeconds(i)).ToList();
        var snapshot = Member(GroupRestart.OneForAll, Sibling(Before, 0) with { Failures = ahead }).Told(FailureReason.Crashed);

        Assert.NotEqual(AgentStatus.Quarantined, Judge(snapshot).Next!.Status);
    }

    [Fact]
    public void Judge_GroupOfOneFailedTooOftenHoweverLongItWasHealthyBetween_IsQuarantined()
    {
        var state = Given.State();
        for (var i = 1; i <= 5; i++)
        {
            // Each is the first failure in a row: it was healthy for long enough to be forgiven the one before.
            state = Judge(Member(GroupRestart.OneForAll, [], state).Told(FailureReason.Crashed)).Next!;
            Assert.Equal((AgentStatus.Restarting, 0), (state.Status, state.GroupRound));
            Assert.Equal(i, state.GroupFailures!.Count);
            state = Given.State() with { GroupFailures = state.GroupFailures };
        }

        var decision = Judge(Member(GroupRestart.OneForAll, [], state).Told(FailureReason.Crashed));

        Assert.Equal((AgentStatus.Quarantined, "group-limit"), (decision.Next!.Status, decision.Actions[^1].Reason));
    }

    [Fact]
    public void Obey_ResumeOfAMemberWhoseGroupWasRestartedMeanwhile_StartsItOnce()
    {
        var paused = Given.State(AgentStatus.Paused) with { Desired = Given.State().Desired with { Mode = DesiredMode.Pause } };
        var snapshot = Member(GroupRestart.OneForAll, [Sibling(Before, 0) with { Round = 1 }], paused) with { Deadline = null, Claim = null };

        var resumed = SupervisorDecision.Obey(snapshot, new AgentCommand(CommandKind.Resume, "anna"), Given.Policy, Given.At(Given.Now)).Decision!.Next!;

        Assert.Equal((AgentStatus.Restarting, 1), (resumed.Status, resumed.GroupRound));
        Assert.Null(Judge(Member(GroupRestart.OneForAll, [Sibling(Before, 0) with { Round = 1 }], resumed with { Status = AgentStatus.Healthy })));
    }

    [Fact]
    public void Judge_LostSilo_RestartsTheGroupAndCountsForNoLimit()
    {
        var dead = Given.At(Given.Now) with { DeadHosts = new HashSet<string> { Given.Host } };

        var decision = SupervisorDecision.Judge(Member(GroupRestart.OneForAll, Sibling(Before, 0)), Given.Policy, dead)!;

        Assert.Equal((1, null), (decision.Next!.GroupRound, decision.Next.GroupFailures));
    }

    [Fact]
    public void Judge_Drained_RestartsNobodyElse() =>
        Assert.Equal(0, Judge(Member(GroupRestart.OneForAll, Sibling(Before, 0)).Told(FailureReason.Drained)).Next!.GroupRound);

    [Fact]
    public void Judge_AnotherWasQuarantined_IsQuarantinedWithIt()
    {
        var other = Sibling(Before, 0) with { Status = AgentStatus.Quarantined, Round = 4 };

        var decision = Judge(Member(GroupRestart.OneForAll, other));

        Assert.Equal((AgentStatus.Quarantined, RestartHold.Group, BackendOrder.Stop), (decision.Next!.Status, decision.Next.Hold, decision.Order));
        Assert.Null(SupervisorDecision.Judge(Member(GroupRestart.OneForAll, [other], decision.Next) with { Deadline = null, Claim = null }, Given.Policy, Given.At(Given.Now)));
    }

    [Fact]
    public void Judge_OthersWereGivenUpWithTheOneThatWasQuarantined_IsGivenUpAsWell()
    {
        var mate = Sibling(Before, 0) with { Status = AgentStatus.Quarantined, Round = 4, Hold = RestartHold.Group };
        var cause = Sibling(After, 2) with { Status = AgentStatus.Quarantined, Round = 4 };

        var decision = Judge(Member(GroupRestart.OneForAll, mate, cause));

        Assert.Equal((AgentStatus.Quarantined, RestartHold.Group), (decision.Next!.Status, decision.Next.Hold));
    }

    [Fact]
    public void Judge_FailedTogetherWithTheOneThatWasQuarantined_IsGivenUpAsWell()
    {
        var cause = Sibling(After, 2) with { Status = AgentStatus.Quarantined, Round = 4 };

        var failed = Judge(Member(GroupRestart.OneForAll, cause).Told(FailureReason.Crashed));
        Assert.Equal((AgentStatus.BackingOff, RestartHold.Group, 4), (failed.Next!.Status, failed.Next.Hold, failed.Next.GroupRound));

        var decision = Judge(Member(GroupRestart.OneForAll, [cause], failed.Next));
        Assert.Equal((AgentStatus.Quarantined, RestartHold.Group), (decision.Next!.Status, decision.Next.Hold));
    }

    [Fact]
    public void Judge_GivenUpWithOneAndAnotherFails_StaysUntilTheOneIsReleased()
    {
        var cause = Sibling(After, 2) with { Status = AgentStatus.Quarantined, Round = 4 };
        var failed = Sibling(Before, 0) with { Status = AgentStatus.BackingOff, Round = 5, NextRestartAt = Given.Now };
        var state = Given.State(AgentStatus.Quarantined) with { Hold = RestartHold.Group, GroupRound = 4 };

        Assert.Null(SupervisorDecision.Judge(Member(GroupRestart.OneForAll, [failed, cause], state), Given.Policy, Given.At(Given.Now)));
    }

    [Fact]
    public void Adopt_OfOneThatWaitedForItsGroupWhenTheStoreWasWritten_WaitsForNothingAnyMore()
    {
        var body = new RunningBody(Given.Definition, Given.Incarnation + 1, Given.Claim, 1);

        var decision = SupervisorDecision.Adopt(Given.Resting(Waiting(4)), body, Given.Policy, Given.At(Given.Now))!;

        Assert.Equal((AgentStatus.Restarting, RestartHold.None), (decision.Next!.Status, decision.Next.Hold));
    }

    [Fact]
    public void Judge_AnotherWasReleased_ComesBackWithIt()
    {
        var given = Given.State(AgentStatus.Quarantined) with { Hold = RestartHold.Group, GroupRound = 4, GroupFailures = [Given.Now] };
        var released = Sibling(Before, 0) with { Status = AgentStatus.Restarting, Round = 5 };

        var decision = Judge(Member(GroupRestart.OneForAll, [released], given));

        Assert.Equal((AgentStatus.BackingOff, RestartHold.Group, 5), (decision.Next!.Status, decision.Next.Hold, decision.Next.GroupRound));
        Assert.Null(decision.Next.GroupFailures);
    }

    [Fact]
    public void Obey_ReleaseOfTheOneThatFailed_OpensARoundForTheOthers()
    {
        var state = Given.State(AgentStatus.Quarantined, 8) with { GroupRound = 4 };
        var other = Sibling(Before, 0) with { Status = AgentStatus.Quarantined, Hold = RestartHold.Group, Round = 4 };

        var (decision, _) = SupervisorDecision.Obey(
            Member(GroupRestart.OneForAll, [other], state), new AgentCommand(CommandKind.Release, "anna"), Given.Policy, Given.At(Given.Now));

        Assert.Equal((5, 0), (decision!.Next!.GroupRound, decision.Next.ConsecutiveFailures));
    }

    [Fact]
    public void Judge_TemporaryMember_IsStoppedWithTheGroupAndStartsNoneItself()
    {
        var policy = Given.Policy with { Restart = RestartPolicy.Temporary };
        var failed = Sibling(Before, 0) with { Status = AgentStatus.BackingOff, Round = 1 };

        Assert.Equal(AgentStatus.Stopped, SupervisorDecision.Judge(Member(GroupRestart.OneForAll, failed), policy, Given.At(Given.Now))!.Next!.Status);
        Assert.Equal(0, SupervisorDecision.Judge(
            Member(GroupRestart.OneForAll, Sibling(Before, 0)).Told(FailureReason.Crashed), policy, Given.At(Given.Now))!.Next!.GroupRound);
    }

    private static Decision Judge(AgentSnapshot snapshot) => SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(Given.Now))!;

    private static HealthState Waiting(long round) => Given.State(AgentStatus.BackingOff) with { Hold = RestartHold.Group, GroupRound = round, NextRestartAt = Given.Now };

    private static GroupMember Sibling(AgentId id, int order) => new(id, order, AgentStatus.Healthy, 0, RestartHold.None, null, null);

    private static AgentSnapshot Member(GroupRestart restart, params GroupMember[] siblings) => Member(restart, siblings, Given.State());

    private static AgentSnapshot Member(GroupRestart restart, GroupMember[] siblings, HealthState state) =>
        (state.IsPromised ? Given.Alive(state) : Given.Resting(state)) with
        {
            Definition = Given.Stored(Given.Definition with { Group = new AgentGroup { Name = "pipe", Restart = restart, Order = 1 } }),
            Siblings = siblings,
        };
}
