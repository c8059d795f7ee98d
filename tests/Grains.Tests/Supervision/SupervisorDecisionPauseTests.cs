using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>Pauses that were ordered with an end, and what becomes of them.</summary>
public sealed class SupervisorDecisionPauseTests
{
    private static readonly TimeSpan TwoHours = TimeSpan.FromHours(2);
    private static readonly DateTimeOffset Noon = Given.Now + TwoHours;

    private static readonly DesiredState PausedByAnna =
        new() { Mode = DesiredMode.Pause, Actor = "anna", Reason = "upgrade", At = Given.Now, Until = Noon };

    [Theory]
    [InlineData(AgentStatus.Healthy)]
    [InlineData(AgentStatus.Starting)]
    [InlineData(AgentStatus.BackingOff)]
    public void Obey_PauseWithAnEnd_IsLookedAtAgainAtItsEnd(AgentStatus status)
    {
        var state = Given.State(status, failures: 3) with { HasTurn = true };

        var decision = Obey(state.IsPromised ? Given.Alive(state) : Given.Resting(state), TwoHours, "upgrade").Decision!;

        Assert.Equal((AgentStatus.Paused, Noon, 3, false), (decision.Next!.Status, decision.Next.NextLookAt, decision.Next.ConsecutiveFailures, decision.Next.HasTurn));
        Assert.Equal(PausedByAnna, decision.Next.Desired);
        Assert.Equal(BackendOrder.Stop, decision.Order);
        Assert.Equal("by anna: upgrade; for 2 h, until 2026-01-02 05:04:05Z", Assert.Single(decision.Actions).Details);
        Assert.Equal("Agent 'reader-1' is paused for 2 h, until 2026-01-02 05:04:05Z.", decision.Answer);
    }

    [Theory]
    [InlineData(null, null, null, "already")]
    [InlineData(null, "upgrade", null, "already")]
    [InlineData(null, "night", null, "until it is resumed")]
    [InlineData(null, null, 3600.0, "for 1 h, until 2026-01-02 04:04:05Z")]
    [InlineData(7200.0, null, null, "until it is resumed")]
    [InlineData(7200.0, null, 3600.0, "for 1 h, until 2026-01-02 04:04:05Z")]
    [InlineData(7200.0, null, 7200.0, "for 2 h, until 2026-01-02 05:04:05Z")]
    public void Obey_PauseOfAPausedAgent_TheLastWordCounts(double? before, string? reason, double? after, string said)
    {
        var was = PausedByAnna with { Until = before is { } seconds ? Given.Now.AddSeconds(seconds) : null };
        var state = Given.State(AgentStatus.Paused) with { Desired = was, NextLookAt = was.Until };

        var (decision, answer) = Obey(Given.Resting(state), after is { } span ? TimeSpan.FromSeconds(span) : null, reason);

        if (said is "already")
        {
            Assert.Equal((null, CommandOutcome.Ok, "Agent 'reader-1' is paused already."), (decision, answer!.Outcome, answer.Message));
            return;
        }

        DateTimeOffset? until = after is { } s ? Given.Now.AddSeconds(s) : null;
        Assert.Equal((AgentStatus.Paused, until, until, reason), (decision!.Next!.Status, decision.Next.Desired.Until, decision.Next.NextLookAt, decision.Next.Desired.Reason));
        Assert.Equal((BackendOrder.None, state.Since), (decision.Order, decision.Next.Since));
        Assert.EndsWith($"it is paused already, now {said}", Assert.Single(decision.Actions).Details, StringComparison.Ordinal);
        Assert.Equal($"Agent 'reader-1' is paused {said}.", decision.Answer);
    }

    [Fact]
    public void Judge_PauseThatIsNotOver_DoesNothing()
    {
        var paused = Given.Resting(Paused()) with { Report = Given.Alive().Told(FailureReason.Crashed).Report };

        Assert.Null(Judge(paused, Noon.AddMilliseconds(-1)));
        Assert.Null(Judge(Given.Resting(Paused() with { Desired = PausedByAnna with { Until = null }, NextLookAt = null }), Noon.AddDays(400)));
    }

    [Fact]
    public void Judge_PauseThatIsOver_IsResumedAsItWasOrdered()
    {
        var decision = Judge(Given.Resting(Paused()), Noon)!;

        Assert.Equal((AgentStatus.Restarting, 8L, 3), (decision.Next!.Status, decision.Next.Incarnation, decision.Next.ConsecutiveFailures));
        Assert.Equal((BackendOrder.Start, Noon.AddSeconds(15)), (decision.Order, decision.NewDeadline));
        Assert.Equal(
            new DesiredState { Mode = DesiredMode.Run, Actor = "anna", Reason = "the pause ended as it was ordered", At = Noon }, decision.Next.Desired);
        Assert.Equal(
            [(ActionKind.Resumed, "pause-expired", "the pause by anna lasted 2 h, as ordered: upgrade"),
                (ActionKind.Restarting, "pause-expired", "its pause is over; incarnation 8 is granted and must be heard within 15 s")],
            decision.Actions.Select(a => (a.Action, a.Reason, a.Details)));
    }

    [Fact]
    public void Judge_PauseThatIsOverLongAgo_IsResumedAllTheSame() =>
        Assert.Equal(Noon, Judge(Given.Resting(Paused()), Noon.AddDays(3))!.Next!.Desired.At);

    [Fact]
    public void Judge_PauseThatIsOverWhoseTurnIsLater_WaitsForItOnce()
    {
        var circumstances = Given.At(Noon) with { RestartTurn = (Noon.AddSeconds(4), "the fleet restarts 5 agents a second") };

        var held = SupervisorDecision.Judge(Given.Resting(Paused()), Given.Policy, circumstances)!;
        var granted = SupervisorDecision.Judge(Given.Resting(held.Next!), Given.Policy, Given.At(Noon.AddSeconds(4)))!;

        Assert.Equal((AgentStatus.BackingOff, DesiredMode.Run, Noon.AddSeconds(4)), (held.Next!.Status, held.Next.Desired.Mode, held.Next.NextRestartAt));
        Assert.Equal((AgentStatus.Restarting, 8L), (granted.Next!.Status, granted.Next.Incarnation));
    }

    [Fact]
    public void Judge_PauseThatIsOverWithoutADefinition_QuarantinesAndGrantsNothing()
    {
        var decision = Judge(Given.Resting(Paused()) with { Definition = default }, Noon)!;

        Assert.Equal((AgentStatus.Quarantined, 7L, BackendOrder.None), (decision.Next!.Status, decision.Next.Incarnation, decision.Order));
    }

    [Fact]
    public void Judge_PauseFromBeforeTheClockWentBack_BeginsAnew()
    {
        var yesterday = Given.Now.AddDays(-1);

        var decision = Judge(Given.Resting(Paused()), yesterday)!;

        Assert.Equal((AgentStatus.Paused, yesterday + TwoHours), (decision.Next!.Status, decision.Next.NextLookAt));
        Assert.Equal(PausedByAnna with { At = yesterday, Until = yesterday + TwoHours }, decision.Next.Desired);
        Assert.Equal((ActionKind.Repaired, "clock-went-back"), (decision.Actions[0].Action, decision.Actions[0].Reason));
        Assert.Null(Judge(Given.Resting(decision.Next), yesterday));
    }

    [Fact]
    public void Obey_ResumeBeforeTheEnd_LeavesNothingOfIt()
    {
        var (decision, _) = SupervisorDecision.Obey(
            Given.Resting(Paused()), new AgentCommand(CommandKind.Resume, "boris"), Given.Policy, Given.At(Given.Now));

        Assert.Equal((DesiredMode.Run, "boris", null), (decision!.Next!.Desired.Mode, decision.Next.Desired.Actor, decision.Next.Desired.Until));
        Assert.Equal(Given.Now.AddSeconds(1), decision.Next.NextLookAt);
    }

    [Theory]
    [InlineData(CommandKind.Pause, 0.001, null)]
    [InlineData(CommandKind.Pause, 31_536_000, null)]
    [InlineData(CommandKind.Pause, 0, "forSeconds must be over 0 and at most 31536000 (it is 0)")]
    [InlineData(CommandKind.Pause, 31_536_001, "forSeconds must be over 0 and at most 31536000 (it is 31536001)")]
    [InlineData(CommandKind.Restart, 5, "forSeconds is for a pause alone")]
    public void Check_ForHowLong_HasItsRules(CommandKind kind, double seconds, string? fault) =>
        Assert.Equal(fault, CommandRules.Check(new AgentCommand(kind, "anna", null, TimeSpan.FromSeconds(seconds))).SingleOrDefault()?.ToString());

    private static HealthState Paused() => Given.State(AgentStatus.Paused, failures: 3) with { Desired = PausedByAnna, NextLookAt = Noon };

    private static (Decision? Decision, CommandResult? Answer) Obey(AgentSnapshot snapshot, TimeSpan? span, string? reason) =>
        SupervisorDecision.Obey(snapshot, new AgentCommand(CommandKind.Pause, "anna", reason, span), Given.Policy, Given.At(Given.Now));

    private static Decision? Judge(AgentSnapshot snapshot, DateTimeOffset now) => SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(now));
}
