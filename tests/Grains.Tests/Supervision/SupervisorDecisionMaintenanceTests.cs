using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>Standing orders that agents rest: who is held by them, and what becomes of each when they are over.</summary>
public sealed class SupervisorDecisionMaintenanceTests
{
    private const string Said = "the whole fleet (by boris for 2 h, until 2026-01-02 05:04:05Z: night)";
    private static readonly DateTimeOffset Noon = Given.Now.AddHours(2);

    private static readonly MaintenanceOrder Order = new()
    {
        Labels = new Dictionary<string, string>(),
        Actor = "boris",
        Reason = "night",
        At = Given.Now,
        Until = Noon,
    };

    private static readonly DesiredState OwnPause = Given.WantedByAnna with { Mode = DesiredMode.Pause, Reason = "upgrade" };

    [Theory]
    [InlineData(AgentStatus.Starting)]
    [InlineData(AgentStatus.Healthy)]
    [InlineData(AgentStatus.Restarting)]
    [InlineData(AgentStatus.BackingOff)]
    public void Judge_CoveredAgentAtWork_RestsAndWantsWhatItWanted(AgentStatus status)
    {
        var decision = Judge(Snapshot(Given.State(status, failures: 3)), Order)!;

        Assert.Equal((AgentStatus.Paused, 7L, 3, Noon), (decision.Next!.Status, decision.Next.Incarnation, decision.Next.ConsecutiveFailures, decision.Next.NextLookAt));
        Assert.Equal((BackendOrder.Stop, null, null), (decision.Order, decision.NewDeadline, decision.Next.NextRestartAt));
        Assert.Same(Given.WantedByAnna, decision.Next.Desired);
        Assert.Equal(Order, decision.Next.Maintenance);
        Assert.Equal((ActionKind.Paused, "maintenance", $"with {Said}"), Told(Assert.Single(decision.Actions)));
    }

    [Theory]
    [InlineData(AgentStatus.Quarantined)]
    [InlineData(AgentStatus.Stopped)]
    [InlineData(AgentStatus.Completed)]
    public void Judge_CoveredAgentThatDoesNotWork_IsLeftAlone(AgentStatus status) => Assert.Null(Judge(Snapshot(Given.State(status)), Order));

    [Fact]
    public void Judge_CoveredAgentThatFailed_IsCountedAndNotStarted()
    {
        var decision = Judge(Given.Alive().Told(FailureReason.Crashed), Order)!;

        Assert.Equal((AgentStatus.Paused, 7L, 1), (decision.Next!.Status, decision.Next.Incarnation, decision.Next.ConsecutiveFailures));
        Assert.Equal([ActionKind.Failed, ActionKind.Paused], decision.Actions.Select(a => a.Action));
    }

    [Fact]
    public void Judge_CoveredAgentThatReturned_IsCompleted()
    {
        var returned = Given.Alive().Told(FailureReason.Exited, kind: ReportKind.Returned);

        var decision = SupervisorDecision.Judge(
            returned, Given.Policy with { Restart = RestartPolicy.Transient }, Given.At(Given.Now) with { Maintenance = Order })!;

        Assert.Equal((AgentStatus.Completed, null), (decision.Next!.Status, decision.Next.Maintenance));
    }

    [Theory]
    [InlineData(2, "the pause of the whole fleet lasted 2 h, as ordered: night")]
    [InlineData(1, "the pause of the whole fleet by boris was ended")]
    public void Judge_OrderThatIsOver_IsResumedAndWantsWhatItWanted(int hours, string details)
    {
        var decision = Judge(Given.Resting(Held()), null, Given.Now.AddHours(hours))!;

        Assert.Equal((AgentStatus.Restarting, 8L, 3, null), (decision.Next!.Status, decision.Next.Incarnation, decision.Next.ConsecutiveFailures, decision.Next.Maintenance));
        Assert.Same(Given.WantedByAnna, decision.Next.Desired);
        Assert.Equal(BackendOrder.Start, decision.Order);
        Assert.Equal([(ActionKind.Resumed, "maintenance-over", details), (ActionKind.Restarting, "maintenance-over", decision.Actions[1].Details)], decision.Actions.Select(Told));
    }

    [Fact]
    public void Judge_OrderThatIsChanged_IsTakenOverWithoutAWord()
    {
        var later = Order with { Until = Noon.AddHours(1) };

        var decision = Judge(Given.Resting(Held()), later)!;

        Assert.Equal((AgentStatus.Paused, later, later.Until), (decision.Next!.Status, decision.Next.Maintenance, decision.Next.NextLookAt));
        Assert.Empty(decision.Actions);
        Assert.Null(Judge(Given.Resting(decision.Next), later));
    }

    [Fact]
    public void Judge_PausedByItselfWhenTheOrderIsOver_StaysPaused()
    {
        var covered = Judge(Given.Resting(Given.State(AgentStatus.Paused) with { Desired = OwnPause }), Order)!;
        var uncovered = Judge(Given.Resting(covered.Next!), null)!;

        Assert.Equal((AgentStatus.Paused, Order, Noon), (covered.Next!.Status, covered.Next.Maintenance, covered.Next.NextLookAt));
        Assert.Equal((AgentStatus.Paused, null, null), (uncovered.Next!.Status, uncovered.Next.Maintenance, uncovered.Next.NextLookAt));
        Assert.Same(OwnPause, uncovered.Next.Desired);
        Assert.Empty(uncovered.Actions);
    }

    [Fact]
    public void Judge_OwnPauseIsOverWhileCovered_RestsUntilTheOrderIsOverToo()
    {
        var own = OwnPause with { At = Given.Now, Until = Given.Now.AddHours(1) };
        var state = Given.State(AgentStatus.Paused) with { Desired = own, Maintenance = Order, NextLookAt = own.Until };

        var rests = Judge(Given.Resting(state), Order, Given.Now.AddHours(1))!;
        var resumed = Judge(Given.Resting(rests.Next!), null, Noon)!;

        Assert.Equal((AgentStatus.Paused, DesiredMode.Run, Noon), (rests.Next!.Status, rests.Next.Desired.Mode, rests.Next.NextLookAt));
        Assert.Equal((ActionKind.Paused, "pause-expired", $"the pause by anna is over as ordered; it rests still with {Said}"), Told(Assert.Single(rests.Actions)));
        Assert.Equal((AgentStatus.Restarting, "maintenance-over"), (resumed.Next!.Status, resumed.Actions[0].Reason));
    }

    [Fact]
    public void Spawn_Covered_IsTakenOnAndNotStarted()
    {
        var decision = SupervisorDecision.Spawn(Given.Definition, Given.Policy, "anna", 0, Given.At(Given.Now) with { Maintenance = Order });

        Assert.Equal((AgentStatus.Paused, 1L, DesiredMode.Run, Order), (decision.Next!.Status, decision.Next.Incarnation, decision.Next.Desired.Mode, decision.Next.Maintenance));
        Assert.Equal((BackendOrder.None, null), (decision.Order, decision.NewDeadline));
        Assert.Equal([ActionKind.Spawned, ActionKind.Paused], decision.Actions.Select(a => a.Action));
        Assert.Equal($"Agent 'reader-1' rests with {Said}; it is started when that is over.", decision.Answer);
        Assert.Equal(2, Judge(Given.Resting(decision.Next), null)!.Next!.Incarnation);
    }

    [Theory]
    [InlineData(CommandKind.Release, AgentStatus.Quarantined, 0)]
    [InlineData(CommandKind.Restart, AgentStatus.Completed, 3)]
    [InlineData(CommandKind.Restart, AgentStatus.Healthy, 3)]
    public void Obey_OrderToWorkWhileCovered_IsNotedAndRests(CommandKind kind, AgentStatus status, int failures)
    {
        var decision = Obey(Given.State(status, failures: 3), kind).Decision!;

        Assert.Equal((AgentStatus.Paused, 7L, failures, "carla"), (decision.Next!.Status, decision.Next.Incarnation, decision.Next.ConsecutiveFailures, decision.Next.Desired.Actor));
        Assert.Equal($"Agent 'reader-1' rests with {Said}; it is started when that is over.", decision.Answer);
    }

    [Theory]
    [InlineData(CommandKind.Resume)]
    [InlineData(CommandKind.Restart)]
    public void Obey_ResumeOrRestartOfAnAgentThatOnlyTheOrderHolds_SaysWhatToEnd(CommandKind kind)
    {
        var (decision, answer) = Obey(Held(), kind);

        Assert.Equal((null, CommandOutcome.Conflict), (decision, answer!.Outcome));
        Assert.Equal($"Agent 'reader-1' rests with {Said}; end that instead.", answer.Message);
    }

    [Fact]
    public void Obey_ResumeOfAnAgentThatIsHeldTwice_EndsItsOwnPauseAlone()
    {
        var decision = Obey(Held() with { Desired = OwnPause }, CommandKind.Resume).Decision!;

        Assert.Equal((AgentStatus.Paused, DesiredMode.Run, Noon), (decision.Next!.Status, decision.Next.Desired.Mode, decision.Next.NextLookAt));
        Assert.Equal($"The pause of agent 'reader-1' by itself is over; it rests still with {Said}.", decision.Answer);
    }

    [Fact]
    public void Obey_PauseOfAnAgentThatTheOrderHolds_HoldsItByItselfToo()
    {
        var decision = Obey(Held(), CommandKind.Pause).Decision!;

        Assert.Equal((DesiredMode.Pause, Order, Noon), (decision.Next!.Desired.Mode, decision.Next.Maintenance, decision.Next.NextLookAt));
    }

    [Fact]
    public void Covering_OfSeveralOrders_IsTheOneThatLastsLongest()
    {
        var now = Given.Now.AddMinutes(1);
        var red = Order with { Labels = new Dictionary<string, string> { ["team"] = "red" }, Until = null };
        var redAndNew = Order with { Labels = new Dictionary<string, string> { ["team"] = "red", ["zone"] = "new" }, Until = Noon.AddDays(1) };
        var over = Order with { Until = now };
        MaintenanceOrder[] all = [Order, red, redAndNew];

        Assert.Equal(Order, MaintenanceOrder.Covering(all, null, now));
        Assert.Equal(Order, MaintenanceOrder.Covering(all, new Dictionary<string, string> { ["team"] = "blue" }, now));
        Assert.Equal(red, MaintenanceOrder.Covering(all, new Dictionary<string, string> { ["team"] = "red" }, now));
        Assert.Equal(redAndNew, MaintenanceOrder.Covering([redAndNew, Order], new Dictionary<string, string> { ["zone"] = "new", ["team"] = "red", ["x"] = "" }, now));
        Assert.Null(MaintenanceOrder.Covering([over, red], new Dictionary<string, string> { ["team"] = "Red" }, now));
    }

    [Fact]
    public void ScopeOf_DifferentLabels_IsNeverTheSame()
    {
        static string Scope(params (string Name, string Value)[] labels) => MaintenanceOrder.ScopeOf(labels.ToDictionary(l => l.Name, l => l.Value));

        Assert.Equal("a=1,b=2", Scope(("b", "2"), ("a", "1")));
        Assert.Equal(@"a=1\,b=2", Scope(("a", "1,b=2")));
        Assert.Equal(@"a\=1=2", Scope(("a=1", "2")));
        Assert.Equal("a=1=2", Scope(("a", "1=2")));
        Assert.Equal(@"a=1\\,b=2", Scope(("a", @"1\"), ("b", "2")));
    }

    private static HealthState Held() => Given.State(AgentStatus.Paused, failures: 3) with { Desired = Given.WantedByAnna, Maintenance = Order, NextLookAt = Noon };

    private static AgentSnapshot Snapshot(HealthState state) => state.IsPromised ? Given.Alive(state) : Given.Resting(state);

    private static (ActionKind, string, string) Told(SupervisorAction action) => (action.Action, action.Reason, action.Details);

    private static Decision? Judge(AgentSnapshot snapshot, MaintenanceOrder? order, DateTimeOffset? now = null) =>
        SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(now ?? Given.Now) with { Maintenance = order });

    private static (Decision? Decision, CommandResult? Answer) Obey(HealthState state, CommandKind kind) =>
        SupervisorDecision.Obey(Snapshot(state), new AgentCommand(kind, "carla"), Given.Policy, Given.At(Given.Now) with { Maintenance = Order });
}
