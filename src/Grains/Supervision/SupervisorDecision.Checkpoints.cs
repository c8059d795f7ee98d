using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>Checkpoints that poison: an agent that fails right after one again and again is not given it for ever.</summary>
internal static partial class SupervisorDecision
{
    /// <summary>Counts a failure against the checkpoint that the incarnation began with, and goes a step back when it is one too many.</summary>
    private static HealthState ChooseCheckpoint(AgentSnapshot snapshot, HealthState failed, SupervisionPolicy policy, ActionLog log)
    {
        log.Trace?.Saw(
            Rule.CheckpointLadder, snapshot.CurrentHeartbeat?.Checkpoint is CheckpointUse.Loaded && failed.FailuresAtCheckpoint + 1 >= policy.FailuresPerCheckpoint,
            $"it {snapshot.CurrentHeartbeat?.Checkpoint?.ToWord() ?? "used no"} checkpoint ({failed.StartFrom.ToWord()}); {failed.FailuresAtCheckpoint} failures right after it before this, {policy.FailuresPerCheckpoint} are a step back");
        switch (snapshot.CurrentHeartbeat?.Checkpoint)
        {
            case CheckpointUse.Saved:
                // It got past what it began with; what it saved is the newest now.
                return failed with { StartFrom = CheckpointChoice.Newest, FailuresAtCheckpoint = 0 };
            case CheckpointUse.Loaded when failed.FailuresAtCheckpoint + 1 < policy.FailuresPerCheckpoint:
                return failed with { FailuresAtCheckpoint = failed.FailuresAtCheckpoint + 1 };
            case CheckpointUse.Loaded:
                var back = failed with
                {
                    StartFrom = failed.StartFrom is CheckpointChoice.Newest ? CheckpointChoice.Previous : CheckpointChoice.None,
                    FailuresAtCheckpoint = 0,
                };
                log.Add(
                    ActionKind.CheckpointSkipped, back, failed.LastFailure!.Reason.ToWord(),
                    $"{policy.FailuresPerCheckpoint} failures right after the {failed.StartFrom.ToWord()} checkpoint was loaded; "
                        + (back.StartFrom is CheckpointChoice.Previous ? "it is started from the one before" : "it is started from nothing")
                        + "; no checkpoint is deleted");
                return back;
            default:
                // It never came to load one, or began with nothing: that says nothing about a checkpoint.
                return failed;
        }
    }
}
