using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation.Rules;

/// <summary>
/// Whoever fails so many times right after one checkpoint begins with the one before, then with nothing; what it saved, or a
/// person's release, brings it back to the newest.
/// </summary>
internal sealed class LadderRule(Scenario scenario) : OracleRule(scenario)
{
    private readonly Dictionary<AgentId, (CheckpointChoice From, int Failures)> _steps = [];

    public override void StoreLost() => _steps.Clear();

    public override void Committed(CommitRequest request, object? by)
    {
        var (id, old, next) = (request.Before.Id, request.Before.State.Value, request.Next);
        if (old is null || next is null)
        {
            _steps[id] = default;
            return;
        }

        // After a loss, what the store has is where it goes on.
        var (from, failures) = _steps.TryGetValue(id, out var step) ? step : (old.StartFrom, old.FailuresAtCheckpoint);
        var use = request.Before.Heartbeat.Value is { } beat && beat.Incarnation == old.Incarnation ? beat.Checkpoint : null;
        foreach (var action in request.Actions)
        {
            (from, failures) = action.Action switch
            {
                ActionKind.Failed when next.LastFailure!.Reason is not (FailureReason.SiloLost or FailureReason.ToldToWait) => AfterFailure(from, failures, use),
                ActionKind.Stabilized => (use is CheckpointUse.Saved ? CheckpointChoice.Newest : from, 0),
                ActionKind.Released => (CheckpointChoice.Newest, 0),
                _ => (from, failures),
            };
        }

        if (request.Actions.Count == 0 && old.LostInARow > 0 && next.LostInARow == 0 && use is CheckpointUse.Saved)
        {
            // Stable after lost silos alone, which nobody counts aloud.
            from = CheckpointChoice.Newest;
        }

        if (next.StartFrom != from || next.FailuresAtCheckpoint != failures)
        {
            World.Violate(
                "G10 poison ladder", $"{id}#{next.Incarnation} begins with {next.StartFrom} after {next.FailuresAtCheckpoint} failures right after it; {from} and {failures} were due");
        }

        _steps[id] = (from, failures);
    }

    private (CheckpointChoice From, int Failures) AfterFailure(CheckpointChoice from, int failures, CheckpointUse? use) => use switch
    {
        CheckpointUse.Saved => (CheckpointChoice.Newest, 0),
        CheckpointUse.Loaded when failures + 1 == Scenario.Policy.FailuresPerCheckpoint => (from is CheckpointChoice.Newest ? CheckpointChoice.Previous : CheckpointChoice.None, 0),
        CheckpointUse.Loaded => (from, failures + 1),
        _ => (from, failures),
    };
}
