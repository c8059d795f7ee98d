using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>Failures that go on: decided again and again in a time of its own, until it ends or is seen not to.</summary>
public sealed class SupervisorDecisionCourseTests
{
    [Fact]
    public void Judge_StartsThatNobodyEverClaims_WaitLongerEachTimeAndEndInQuarantine()
    {
        var spawned = SupervisorDecision.Spawn(Given.Definition, Given.Policy, "anna", 0, Given.At(Given.Now));
        var (state, deadline) = (spawned.Next!, spawned.NewDeadline);
        var starts = new List<double>();
        while (state.Status is not AgentStatus.Quarantined)
        {
            if (state.IsPromised)
            {
                starts.Add((state.Since - Given.Now).TotalSeconds);
            }

            var at = deadline ?? state.NextRestartAt!.Value;
            var decision = SupervisorDecision.Judge(Given.Resting(state) with { Deadline = deadline, Heartbeat = default }, Given.Policy, Given.At(at))!;
            (state, deadline) = (decision.Next!, decision.NewDeadline);
        }

        // Fifteen seconds for each start, and the waits 0, 4, 8, 16, 32, 60, 60 between them.
        Assert.Equal([0, 15, 34, 57, 88, 135, 210, 285], starts);
        Assert.Equal((8, 8L, FailureReason.StartTimedOut), (state.ConsecutiveFailures, state.Incarnation, state.LastFailure!.Reason));
    }

    [Fact]
    public void Judge_ToldToWaitOverAndOver_WaitsAsLongAsToldAndNeverUsesUpItsBudget()
    {
        var (state, now) = (Given.State(failures: 7), Given.Now);
        for (var i = 0; i < 20; i++)
        {
            var waits = Judge(Given.Alive(state).Told(FailureReason.ToldToWait, now, TimeSpan.FromHours(14).TotalSeconds), now)!.Next!;
            Assert.Equal((AgentStatus.BackingOff, now.AddHours(14)), (waits.Status, waits.NextRestartAt!.Value));
            Assert.Null(Judge(Given.Resting(waits), now.AddHours(14).AddTicks(-1)));

            now = now.AddHours(14);
            state = Judge(Given.Resting(waits), now)!.Next!;
            Assert.Equal((AgentStatus.Restarting, 7), (state.Status, state.ConsecutiveFailures));
        }
    }

    [Theory]
    [InlineData(FailureReason.Crashed)]
    [InlineData(FailureReason.Exited)]
    [InlineData(FailureReason.Silent)]
    [InlineData(FailureReason.Stuck)]
    public void Judge_AnyFailureRightAfterOneCheckpoint_IsHeldAgainstIt(FailureReason reason)
    {
        var policy = Given.Policy with { ProgressTimeout = TimeSpan.FromSeconds(60), FailuresPerCheckpoint = 1 };
        var beat = Given.Beat(Given.Now.AddSeconds(-1)) with { Checkpoint = CheckpointUse.Loaded, ProgressAt = Given.Now.AddSeconds(reason is FailureReason.Stuck ? -60 : -20) };
        var snapshot = Given.Alive() with { Heartbeat = Given.Stored(beat), Deadline = Given.Now };
        snapshot = reason is FailureReason.Silent or FailureReason.Stuck ? snapshot : snapshot.Told(reason);

        var next = SupervisorDecision.Judge(snapshot, policy, Given.At(Given.Now))!.Next!;

        Assert.Equal((reason, CheckpointChoice.Previous), (next.LastFailure!.Reason, next.StartFrom));
    }

    /// <summary>Whatever its time, in a past or a future that cannot be.</summary>
    [Theory]
    [InlineData(-86_400)]
    [InlineData(0)]
    [InlineData(86_400)]
    public void Judge_HeartbeatOfThePredecessor_SaysNothingOfItsSuccessor(double seconds)
    {
        var at = Given.Now.AddSeconds(seconds);
        var stale = Given.Beat(at, Given.Incarnation - 1) with { ProgressAt = at.AddHours(-1), SilentUntil = Given.Now.AddSeconds(3), Checkpoint = CheckpointUse.Loaded };
        var policy = Given.Policy with { ProgressTimeout = TimeSpan.FromSeconds(60), FailuresPerCheckpoint = 1 };
        var newborn = Given.Alive() with { Heartbeat = Given.Stored(stale) };

        Assert.Null(SupervisorDecision.Judge(newborn, policy, Given.At(Given.Now)));
        var failed = SupervisorDecision.Judge(newborn, policy, Given.At(Given.Now.AddSeconds(3)))!.Next!;
        Assert.Equal((FailureReason.Silent, CheckpointChoice.Newest), (failed.LastFailure!.Reason, failed.StartFrom));
    }

    [Fact]
    public void Judge_WaitingAgentWithEverySignOfDeath_IsLeftUntilItsWaitIsOver()
    {
        var waiting = Given.State(AgentStatus.BackingOff, failures: 3);
        var snapshot = Given.Alive(waiting).Told(FailureReason.Fatal) with { Deadline = Given.Now.AddHours(-1) };
        Circumstances At(DateTimeOffset now) => Given.At(now) with { DeadHosts = new HashSet<string> { Given.Host }, SilentHosts = new HashSet<string> { Given.Host } };

        Assert.Null(SupervisorDecision.Judge(snapshot, Given.Policy, At(waiting.NextRestartAt!.Value.AddTicks(-1))));
        var next = SupervisorDecision.Judge(snapshot, Given.Policy, At(waiting.NextRestartAt.Value))!.Next!;
        Assert.Equal((AgentStatus.Restarting, 8L, 3), (next.Status, next.Incarnation, next.ConsecutiveFailures));
    }

    [Fact]
    public void Judge_FirstFailureAfterAThousandRestarts_CostsWhatAFirstOneCosts()
    {
        var decision = Judge(Given.Alive(Given.State() with { TotalRestarts = 1000 }).Told(FailureReason.Crashed), Given.Now)!;

        Assert.Equal((AgentStatus.Restarting, 1, 1001L), (decision.Next!.Status, decision.Next.ConsecutiveFailures, decision.Next.TotalRestarts));
    }

    /// <summary>Also of a reason that somebody adds later: to see a failure and only to say so is no verdict.</summary>
    [Fact]
    public void Judge_EveryReasonThatThereIs_IsActedOn() => Assert.All(Enum.GetValues<FailureReason>(), reason =>
    {
        var decision = Judge(Given.Alive(Given.State(failures: 3)).Told(reason), Given.Now)!;

        Assert.True(
            decision.Next! switch
            {
                { Status: AgentStatus.Restarting, Incarnation: 8 } => decision is { Order: BackendOrder.Start, NewDeadline: not null },
                { Status: AgentStatus.BackingOff } waiting => waiting.NextRestartAt > Given.Now,
                { Status: AgentStatus.Quarantined } => decision.Actions[^1].Action is ActionKind.Quarantined,
                _ => false,
            },
            $"{reason}: {decision.Next}");
    });

    private static Decision? Judge(AgentSnapshot snapshot, DateTimeOffset now) => SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(now));
}
