using System.Text.Json;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>The checkpoints of one incarnation: what it saves is refused once a newer one was granted.</summary>
internal sealed class FencedCheckpoints(
    IHeartbeatStore store, StoreClock clock, AgentId id, long incarnation, CheckpointChoice startFrom, int maxLength, Promise promise,
    CrashInjection injection, OutageWait outage, Func<Task<bool>> isStillIt)
    : ICheckpoints
{
    // What is kept in memory for a store that loses its data; with ten thousand agents on a silo at most some hundred megabytes.
    private const int MostKept = 32 * 1024;

    private long _sequence;
    private volatile Checkpoint? _kept;
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

        Keep(checkpoint);
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
        while (!await outage.UntilAnsweredAsync(() => store.SaveCheckpointAsync(id, checkpoint), cancellationToken))
        {
            if (!await isStillIt().WaitAsync(cancellationToken))
            {
                throw new FencedException(id, incarnation);
            }
        }

        Keep(checkpoint);
        _hasSaved = true;
        promise.UsedCheckpoint(CheckpointUse.Saved);
    }

    /// <summary>Puts the newest checkpoint that is in memory back into a store that has lost it.</summary>
    public async Task RestoreAsync()
    {
        if (_kept is { } kept && !(await store.LoadCheckpointsAsync(id, 1) is [{ Value: { } newest }] && newest.At >= kept.At))
        {
            await store.SaveCheckpointAsync(id, kept with { Incarnation = incarnation });
        }
    }

    private void Keep(Checkpoint checkpoint)
    {
        if (checkpoint.State.Text.Length <= MostKept)
        {
            _kept = checkpoint;
        }
    }
}
