using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>What a body begins with and saves. A checkpoint may be one of which whoever loads it dies.</summary>
internal sealed partial class SimBody
{
    private static readonly JsonText Sound = JsonText.Parse("1");
    private static readonly JsonText Poison = JsonText.Parse("0");
    private long _sequence;
    private bool _isPoisoned;

    private void Load()
    {
        var kept = scenario.Store.CheckpointsOf(Id);
        var skip = start.StartFrom is CheckpointChoice.Previous ? 1 : 0;
        if (start.StartFrom is CheckpointChoice.None || kept.Count <= skip || _world.Chance(0.1))
        {
            return;
        }

        _promise.UsedCheckpoint(CheckpointUse.Loaded);
        if (kept[skip].State == Poison && scenario.IsWild)
        {
            _isPoisoned = true;
            _world.In(_world.Between(0.05, 1.5), silo, () => Fail(FailureMode.Crash));
        }
    }

    private void Save()
    {
        if (!_isPoisoned && scenario.CanReachStore(silo) && !scenario.Loses())
        {
            var state = scenario.Mix.PoisonsCheckpoints && scenario.IsWild && _world.Chance(0.2) ? Poison : Sound;
            var checkpoint = new Checkpoint { Incarnation = Incarnation, Sequence = ++_sequence, At = silo.Clock.Now, State = state };
            if (scenario.Store.SaveCheckpoint(Id, checkpoint))
            {
                _promise.UsedCheckpoint(CheckpointUse.Saved);
            }
            else if (!_isSilent)
            {
                Ask(goesOn: () => { }, Fence);
            }
        }
    }
}
