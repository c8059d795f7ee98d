using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>The checkpoints of one incarnation: what it saves is refused once a newer one was granted.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A body may save also after its end, to be told that it is fenced; the semaphore has no handle to release.")]
internal sealed class FencedCheckpoints(
    IHeartbeatStore store, StoreClock clock, AgentId id, long incarnation, CheckpointChoice startFrom, int maxLength, Promise promise,
    CrashInjection injection, OutageWait outage, Func<Task<bool>> isStillIt)
    : ICheckpoints
{
    // What is kept in memory for a store that loses its data; with ten thousand agents on a silo at most some hundred megabytes.
    private const int MostKept = 32 * 1024;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private long _sequence;
    private volatile Checkpoint? _kept;
    private volatile bool _hasSaved;

    public async Task<T?> LoadAsync<T>(CancellationToken cancellationToken = default)
    {
        if (await ReadAsync(cancellationToken) is not { } checkpoint)
        {
            return default;
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

    /// <summary>The same as it was written; null when this incarnation has nothing to begin with.</summary>
    /// <exception cref="CheckpointException">The record cannot be read.</exception>
    public async Task<Checkpoint?> ReadAsync(CancellationToken cancellationToken)
    {
        if (startFrom is CheckpointChoice.None && !_hasSaved)
        {
            return null;
        }

        // What this incarnation itself has saved is the newest for it, whatever it began with.
        var skip = startFrom is CheckpointChoice.Previous && !_hasSaved ? 1 : 0;
        var newest = await outage.UntilAnsweredAsync(() => store.LoadCheckpointsAsync(id, skip + 1), cancellationToken);
        if (newest.Count <= skip)
        {
            return null;
        }

        promise.UsedCheckpoint(CheckpointUse.Loaded);
        if (newest[skip].Value is not { } checkpoint)
        {
            throw new CheckpointException($"The checkpoint of agent '{id}' cannot be read: {newest[skip].Fault}");
        }

        Keep(checkpoint);
        return checkpoint;
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
        var wasSent = false;
        while (!await outage.UntilAnsweredAsync(() => WriteAsync(checkpoint, Interlocked.Exchange(ref wasSent, true), cancellationToken), cancellationToken))
        {
            if (!await isStillIt().WaitAsync(cancellationToken))
            {
                throw new FencedException(id, incarnation);
            }
        }

        _hasSaved = true;
        promise.UsedCheckpoint(CheckpointUse.Saved);
    }

    /// <summary>Puts the newest checkpoint that is in memory back into a store that has lost it.</summary>
    public async Task RestoreAsync()
    {
        await _writing.WaitAsync();
        try
        {
            if (_kept is { } kept && !(await store.LoadCheckpointsAsync(id, 1) is [{ Value: { } newest }] && newest.At >= kept.At))
            {
                await store.SaveCheckpointAsync(id, kept with { Incarnation = incarnation });
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>One after the other with what is put back, which would else come to lie on top of it.</summary>
    private async Task<bool> WriteAsync(Checkpoint checkpoint, bool isRepeat, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var isSaved = await store.SaveCheckpointAsync(id, checkpoint, isRepeat);
            if (isSaved)
            {
                Keep(checkpoint);
            }

            return isSaved;
        }
        finally
        {
            _writing.Release();
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
