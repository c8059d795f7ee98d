using System.Text.Json;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>The checkpoints of one incarnation: what it saves is refused once a newer one was granted.</summary>
internal sealed class FencedCheckpoints(
    IHeartbeatStore store, StoreClock clock, AgentId id, long incarnation, CheckpointChoice startFrom, int maxLength, Promise promise,
    CrashInjection injection, OutageWait outage, Action fenced)
    : ICheckpoints
{
    private long _sequence;
    private volatile bool _hasSaved;

    public async Task<T?> LoadAsync<T>(CancellationToken cancellationToken = default)
    {
        if (startFrom is CheckpointChoice.None && !_hasSaved)
        {
            return default;
        }

        // What this incarnation itself has saved is the newest for it, whatever it began with.
        var skip = startFrom is CheckpointChoice.Previous && !_hasSaved ? 1 : 0;
        var newest = await outage.UntilAnsweredAsync(() => store.LoadCheckpointsAsync(id, skip + 1), cancellationToken);
        if (newest.Count <= skip)
        {
            return default;
        }

        promise.UsedCheckpoint(CheckpointUse.Loaded);
        if (newest[skip].Value is not { } checkpoint)
        {
            throw new CheckpointException($"The checkpoint of agent '{id}' cannot be read: {newest[skip].Fault}");
        }

        try
        {
            return checkpoint.State.To<T>(JsonSerializerOptions.Web);
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"The checkpoint of agent '{id}' is no {typeof(T).Name}: {e.Message}", e);
        }
    }

    public async Task SaveAsync<T>(T state, CancellationToken cancellationToken = default)
    {
        if (injection.IsTriggered)
        {
            throw new InvalidOperationException("Forced to crash: nothing is saved any more.");
        }

        var json = JsonText.From(state, JsonSerializerOptions.Web);
        if (json.Text.Length > maxLength)
        {
            throw new CheckpointException($"A checkpoint of agent '{id}' has {json.Text.Length} characters; at most {maxLength} are taken.");
        }

        var checkpoint = new Checkpoint
        {
            Incarnation = incarnation,
            Sequence = Interlocked.Increment(ref _sequence),
            At = clock.Now,
            State = json,
        };
        if (!await outage.UntilAnsweredAsync(() => store.SaveCheckpointAsync(id, checkpoint), cancellationToken))
        {
            fenced();
            throw new FencedException(id, incarnation);
        }

        _hasSaved = true;
        promise.UsedCheckpoint(CheckpointUse.Saved);
    }
}
