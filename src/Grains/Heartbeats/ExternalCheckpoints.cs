using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// The checkpoints of agents whose work is done outside of their silo's process. The fence, and the choice of where an incarnation
/// begins, are those of other agents.
/// </summary>
internal sealed class ExternalCheckpoints(IHeartbeatStore store, StoreClock clock, AgentKinds kinds, RemoteRuns runs, HealingOptions options)
{
    /// <summary>Saves one, if its incarnation is the current one. Up to four round trips.</summary>
    public async Task<CommandResult> SaveAsync(AgentId id, ExternalCheckpoint checkpoint)
    {
        if (runs.Find(id, checkpoint.Incarnation) is { } run)
        {
            return await run.SaveAsync(checkpoint.State);
        }

        var snapshot = (await store.LoadAsync(id.PartitionOf(store.Partitions), [id]))[0];
        if (snapshot.State.Value is not { } state || snapshot.Definition.Value is not { } definition)
        {
            return CommandResult.NotFound(id.Value);
        }

        if (checkpoint.State.Text.Length > options.MaxCheckpointLength)
        {
            return CommandResult.Invalid(
                [new Fault("state", $"must be at most {options.MaxCheckpointLength} characters of JSON (it is {checkpoint.State.Text.Length})")]);
        }

        if (kinds.Find(definition.Kind) is { Create: not null, IsRemote: false })
        {
            return CommandResult.Conflict($"Agent '{id}' of kind '{definition.Kind}' is hosted by the cluster, and saves its checkpoints itself.");
        }

        if (!state.IsPromised || state.Incarnation != checkpoint.Incarnation)
        {
            return Fenced(id, checkpoint.Incarnation, state);
        }

        var newest = (await store.LoadCheckpointsAsync(id, 1)).Select(c => c.Value).FirstOrDefault();
        var isSaved = await store.SaveCheckpointAsync(id, new Checkpoint
        {
            Incarnation = checkpoint.Incarnation,
            Sequence = newest?.Incarnation == checkpoint.Incarnation ? newest.Sequence + 1 : 1,
            At = clock.Now,
            State = checkpoint.State,
        });
        if (!isSaved)
        {
            return Fenced(id, checkpoint.Incarnation, state);
        }

        await NoteAsync(snapshot, CheckpointUse.Saved);
        return CommandResult.Done($"The checkpoint of agent '{id}' was saved.", checkpoint.Incarnation);
    }

    /// <summary>
    /// Reads the newest; asked by the current incarnation, which has saved none yet, the one that it has to begin with. Up to three
    /// round trips.
    /// </summary>
    /// <param name="id">Whose.</param>
    /// <param name="incarnation">Who asks; null for somebody who only looks.</param>
    public async Task<CheckpointReply> LoadAsync(AgentId id, long? incarnation)
    {
        if (incarnation is { } asking && runs.Find(id, asking) is { } run)
        {
            return await run.LoadAsync();
        }

        var snapshot = (await store.LoadAsync(id.PartitionOf(store.Partitions), [id]))[0];
        if (snapshot.State.Value is not { } state)
        {
            return new CheckpointReply(CommandResult.NotFound(id.Value));
        }

        if (incarnation is { } claimed && (!state.IsPromised || state.Incarnation != claimed))
        {
            return new CheckpointReply(Fenced(id, claimed, state));
        }

        var newest = await store.LoadCheckpointsAsync(id, 2);
        var isOwn = newest is [{ Value: { } first }, ..] && first.Incarnation == state.Incarnation;
        var choice = incarnation is null || isOwn ? CheckpointChoice.Newest : state.StartFrom;
        var index = choice is CheckpointChoice.Previous ? 1 : 0;
        if (choice is CheckpointChoice.None || newest.Count <= index)
        {
            return ReplyOf(null, incarnation ?? state.Incarnation);
        }

        if (incarnation is not null)
        {
            await NoteAsync(snapshot, CheckpointUse.Loaded);
        }

        return newest[index].Value is { } checkpoint
            ? ReplyOf(checkpoint, incarnation ?? state.Incarnation)
            : new CheckpointReply(CommandResult.Conflict($"The checkpoint of agent '{id}' cannot be read: {newest[index].Fault}"));
    }

    /// <summary>The answer that holds what was read.</summary>
    public static CheckpointReply ReplyOf(Checkpoint? checkpoint, long incarnation) => new(
        CommandResult.Done(checkpoint is null ? "There is no checkpoint to begin with." : "It was read.", incarnation),
        checkpoint is null ? null : new SavedCheckpoint(checkpoint.Incarnation, checkpoint.Sequence, checkpoint.At, checkpoint.State));

    /// <summary>
    /// Whether an incarnation fails right after a checkpoint is known by its heartbeat's record, which its silo writes of one that is
    /// hosted. Its deadline stays: that it saved is told by who beats for it.
    /// </summary>
    private async Task NoteAsync(AgentSnapshot snapshot, CheckpointUse use)
    {
        if (snapshot is { CurrentHeartbeat: { Host: ExternalBeats.Host } last, Deadline: { } deadline } && last.Checkpoint is not CheckpointUse.Saved && last.Checkpoint != use)
        {
            var record = last with { Sequence = last.Sequence + 1, Checkpoint = use };
            await store.BeatAsync(
                snapshot.Id.PartitionOf(store.Partitions), [new BeatEntry(snapshot.Id, last.Incarnation, deadline.ToUnixTimeMilliseconds(), record)]);
        }
    }

    private static CommandResult Fenced(AgentId id, long incarnation, HealthState state) => CommandResult.Conflict(
        $"Incarnation {incarnation} of agent '{id}' is not the current one (that is {state.Incarnation}, {Serialization.Words.ToWord(state.Status)}); it may read and save no checkpoint. Stop working.");
}
