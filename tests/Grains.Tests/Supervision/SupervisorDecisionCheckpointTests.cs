using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>Failure after failure right after one checkpoint: the one before, then nothing, then quarantine.</summary>
public sealed class SupervisorDecisionCheckpointTests
{
    [Fact]
    public void Judge_FailuresRightAfterOneCheckpoint_GoBackStepByStepAndEndInQuarantine()
    {
        var state = Given.State();
        var seen = new List<string>();
        while (state.Status is not AgentStatus.Quarantined)
        {
            var began = state.StartFrom;
            var decision = Fail(state, began is CheckpointChoice.None ? null : CheckpointUse.Loaded);
            seen.AddRange(decision.Actions.Where(a => a.Action is ActionKind.CheckpointSkipped).Select(a => $"{a.ConsecutiveFailures}: {decision.Next!.StartFrom}"));
            state = decision.Next! with { Status = decision.Next.Status is AgentStatus.Quarantined ? AgentStatus.Quarantined : AgentStatus.Healthy };
        }

        Assert.Equal(["3: Previous", "6: None"], seen);
        Assert.Equal(8, state.ConsecutiveFailures);
    }

    [Fact]
    public void Judge_StepBack_SaysWhyBetweenTheFailureAndTheWait()
    {
        var decision = Fail(Given.State(failures: 2) with { FailuresAtCheckpoint = 2 }, CheckpointUse.Loaded);

        Assert.Equal([ActionKind.Failed, ActionKind.CheckpointSkipped, ActionKind.BackingOff], decision.Actions.Select(a => a.Action));
        Assert.Equal(
            "3 failures right after the newest checkpoint was loaded; it is started from the one before; no checkpoint is deleted",
            decision.Actions[1].Details);
    }

    [Fact]
    public void Judge_FailureAfterItSavedOne_BeginsWithTheNewestAgain()
    {
        var decision = Fail(Given.State(failures: 4) with { StartFrom = CheckpointChoice.Previous, FailuresAtCheckpoint = 2 }, CheckpointUse.Saved);

        Assert.Equal((CheckpointChoice.Newest, 0), (decision.Next!.StartFrom, decision.Next.FailuresAtCheckpoint));
        Assert.DoesNotContain(decision.Actions, a => a.Action is ActionKind.CheckpointSkipped);
    }

    [Fact]
    public void Judge_FailureBeforeItLoadedOne_SaysNothingAboutCheckpoints()
    {
        var decision = Fail(Given.State(failures: 2) with { FailuresAtCheckpoint = 2 }, null);

        Assert.Equal((CheckpointChoice.Newest, 2), (decision.Next!.StartFrom, decision.Next.FailuresAtCheckpoint));
    }

    [Fact]
    public void Judge_LostSilo_IsNotHeldAgainstTheCheckpoint()
    {
        var circumstances = Given.At(Given.Now) with { DeadHosts = new HashSet<string> { Given.Host } };
        var state = Given.State(failures: 2) with { FailuresAtCheckpoint = 2 };

        var decision = SupervisorDecision.Judge(Alive(state, CheckpointUse.Loaded), Given.Policy, circumstances)!;

        Assert.Equal((CheckpointChoice.Newest, 2), (decision.Next!.StartFrom, decision.Next.FailuresAtCheckpoint));
    }

    [Theory]
    [InlineData(CheckpointUse.Loaded, CheckpointChoice.Previous)]
    [InlineData(CheckpointUse.Saved, CheckpointChoice.Newest)]
    public void Judge_Stable_KeepsToWhatItBeganWithUntilItHasSavedOne(CheckpointUse use, CheckpointChoice expected)
    {
        var state = Given.State(failures: 4) with { StartFrom = CheckpointChoice.Previous, FailuresAtCheckpoint = 1, NextLookAt = Given.Now };

        var stable = SupervisorDecision.Judge(Alive(state, use), Given.Policy, Given.At(Given.Now))!.Next!;

        Assert.Equal((0, expected, 0), (stable.ConsecutiveFailures, stable.StartFrom, stable.FailuresAtCheckpoint));
    }

    [Fact]
    public void Obey_Release_BeginsWithTheNewestAgain()
    {
        var state = Given.State(AgentStatus.Quarantined, failures: 8) with { StartFrom = CheckpointChoice.None, FailuresAtCheckpoint = 1 };

        var (decision, _) = SupervisorDecision.Obey(
            Given.Resting(state), new AgentCommand(CommandKind.Release, "boris"), Given.Policy, Given.At(Given.Now));

        Assert.Equal((CheckpointChoice.Newest, 0), (decision!.Next!.StartFrom, decision.Next.FailuresAtCheckpoint));
    }

    private static Decision Fail(HealthState state, CheckpointUse? use) =>
        SupervisorDecision.Judge(Alive(state, use).Told(FailureReason.Crashed), Given.Policy, Given.At(Given.Now))!;

    private static AgentSnapshot Alive(HealthState state, CheckpointUse? use)
    {
        var snapshot = Given.Alive(state);
        return snapshot with { Heartbeat = Given.Stored(Given.Beat(Given.Now.AddSeconds(-2), state.Incarnation) with { Checkpoint = use }) };
    }
}
