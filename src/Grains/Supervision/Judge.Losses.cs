using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>A store that lost writes: no number is granted twice, and bodies that it has forgotten are taken back.</summary>
internal sealed partial class Judge
{
    private readonly StoreMemory _memory = new();
    private int _lossesSeen;
    private Task<StoreRecall>? _recalling;

    /// <summary>What this host remembers of the store; one of its own unless it is shared.</summary>
    public StoreMemory Memory
    {
        private get => _memory;
        init
        {
            _memory = value;
            _lossesSeen = value.Losses(_partition);
        }
    }

    /// <summary>Says of each of these bodies, which the store does not know, whether it goes on.</summary>
    public Task<BodyVerdict[]> AdoptAsync(IReadOnlyList<RunningBody> bodies) => Hearing.TurnAsync(async () =>
    {
        var mark = (await RecallAsync(isLost: false)).Mark;
        var verdicts = new List<BodyVerdict>(bodies.Count);
        foreach (var chunk in bodies.Chunk(Chunk))
        {
            var snapshots = await LoadAsync([.. chunk.Select(b => b.Definition.Id)]);
            if (chunk.Zip(snapshots).Any(pair => IsUnaccountedFor(pair.First, pair.Second, mark)))
            {
                // It was granted after the last loss that is known of, and is not in the store: there was another one.
                mark = (await RecallAsync(isLost: true)).Mark;
            }

            verdicts.AddRange(await Task.WhenAll(chunk.Zip(snapshots).Select(pair => AdoptOneAsync(pair.First, pair.Second, mark))));
        }

        return verdicts.ToArray();
    });

    /// <summary>Where only the record of its state is gone or cannot be read, the store as a whole went back nowhere.</summary>
    private static bool IsUnaccountedFor(RunningBody body, AgentSnapshot snapshot, StoreMark mark) =>
        (snapshot.State.Value is not null || (snapshot.State.Text is null && snapshot.Definition.Text is null))
        && body.Incarnation > Math.Max(snapshot.State.Value?.Incarnation ?? mark.RemovedFloor, mark.Floor);

    private async Task<BodyVerdict> AdoptOneAsync(RunningBody body, AgentSnapshot snapshot, StoreMark mark)
    {
        if (SupervisorDecision.IsFenced(snapshot, body) || await IsSupersededAsync(body, snapshot, mark))
        {
            return BodyVerdict.Fenced;
        }

        if (snapshot.Definition.Value is null && body.Definition.Group is { } group)
        {
            // The store has lost that it belongs to it.
            snapshot = snapshot with { Siblings = [.. (await MembersAsync(group.Name, [])).Where(m => m.Id != snapshot.Id)] };
        }

        var policy = _kinds.PolicyOf(body.Definition);
        var inputs = DecisionInputs.OfAdoption(snapshot, body, policy, Now(policy));
        if (inputs.Decide() is not { } decision)
        {
            return BodyVerdict.GoesOn;
        }

        // Where the floor is above it, the definition could only be that of an agent that was removed.
        var definition = snapshot.Definition.Text is null && body.Incarnation > mark.RemovedFloor ? body.Definition : null;
        return await CommitAsync(snapshot, decision with { Inputs = inputs }, definition) is CommitOutcome.Done ? BodyVerdict.GoesOn : BodyVerdict.AskAgain;
    }

    /// <summary>Whether something else than the state tells of a removal, or of a newer incarnation.</summary>
    private async Task<bool> IsSupersededAsync(RunningBody body, AgentSnapshot snapshot, StoreMark mark)
    {
        if (snapshot.Definition.Text is null && !snapshot.State.IsMalformed && mark.RemovedFloor >= body.Incarnation)
        {
            // It is gone, or on its way: it was removed, or the data was wiped. A removal raises the floor.
            return true;
        }

        if (snapshot.State.Value is not null || (snapshot.State.Text is null && snapshot.Definition.Text is null))
        {
            return false;
        }

        var found = await _store.FindIncarnationAsync(body.Definition.Id);
        if (found < body.Incarnation)
        {
            // The state that would name it cannot be read, so that no commit takes it out.
            await _store.SetAsideAsync(_partition, StoreKeys.Member(body.Definition.Id, found.Value), $"incarnation {body.Incarnation} is newer");
        }

        return found > body.Incarnation || snapshot.Heartbeat.Value?.Incarnation > body.Incarnation;
    }

    /// <summary>What the store must still be for a number to be granted in it.</summary>
    private async Task<StoreMark> KnownAsync() => _memory.Known(_partition) ?? (await RecallAsync(isLost: false)).Mark;

    private Task<StoreRecall> RecallAsync(bool isLost)
    {
        // Many commits at once may find the same loss.
        if (isLost || _recalling is not { IsCompleted: false })
        {
            _recalling = LookAsync();
        }

        return _recalling;

        async Task<StoreRecall> LookAsync()
        {
            var recall = await _memory.RecallAsync(_store, _partition, _clock.Now, isLost);
            CheckLosses();
            return recall;
        }
    }

    /// <summary>Draws the conclusions from a loss, whoever on this host noticed it: what is due may be gone, and nobody is to blame for silence.</summary>
    private void CheckLosses()
    {
        var losses = _memory.Losses(_partition);
        if (losses != _lossesSeen)
        {
            _lossesSeen = losses;
            _hurriesAfterHold = true;
            Hearing.HoldAll("the store lost writes", "store-lost-writes");
            LogLost(_logger, _partition, _memory.Known(_partition)!.Floor);
        }
    }

    [LoggerMessage(1227, LogLevel.Information, "The store lost writes of partition {Partition}: numbers are granted from above {Floor} from now on, and agents that run are taken back as they are")]
    private static partial void LogLost(ILogger logger, int partition, long floor);
}
