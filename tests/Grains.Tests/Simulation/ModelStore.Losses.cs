using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Tests.Simulation;

/// <summary>A store that can lose its data, and what it is known by.</summary>
internal sealed partial class ModelStore
{
    private int _generations;
    private string? _generation;

    /// <summary>How many numbers were granted.</summary>
    public long Grants { get; private set; }

    /// <summary>What new incarnations are above, since grants were lost.</summary>
    public long GrantFloor { get; private set; }

    public StoreRecall Recall(StoreMark? known, long floor, bool isLost)
    {
        isLost |= known is not null && (known.Generation != _generation || Grants < known.Grants || GrantFloor < known.Floor);
        if (isLost)
        {
            GrantFloor = Math.Max(GrantFloor, floor);
            Grants = Math.Max(Grants, known?.Grants ?? 0);
        }

        _generation ??= $"generation-{++_generations}";
        return new StoreRecall(new StoreMark(_generation, Grants, GrantFloor, _floor), isLost);
    }

    /// <summary>All that it holds now.</summary>
    public Copy Take() => new(
        new(_records.ToDictionary(r => r.Key, r => r.Value.Copy())),
        _hosts.ToDictionary(h => h.Key, h => h.Value.ToHashSet()),
        [.. _knownHosts],
        _floor,
        _generation,
        Grants,
        GrantFloor,
        _lastRound,
        _term);

    /// <summary>Whatever was written since is lost; all of it when it is null.</summary>
    public void PutBack(Copy? copy)
    {
        _records = copy is null ? [] : new(copy.Records.ToDictionary(r => r.Key, r => r.Value.Copy()));
        _hosts = copy?.Hosts.ToDictionary(h => h.Key, h => h.Value.ToHashSet()) ?? [];
        _knownHosts = copy?.KnownHosts.ToHashSet() ?? [];
        (_floor, _generation, Grants, GrantFloor, _lastRound, _term) = copy is null
            ? (0, null, 0, 0, null, 0)
            : (copy.Floor, copy.Generation, copy.Grants, copy.GrantFloor, copy.LastRound, copy.Term);
        Oracle?.StoreLost();
    }

    private bool TryGrant(CommitRequest request)
    {
        if (GrantFloor >= request.Next!.Incarnation
            || (request.Known is { } known && Bug is not PlantedBug.MemoryOff && (known.Generation != _generation || Grants < known.Grants)))
        {
            return false;
        }

        Grants++;
        request.Granted?.Invoke(Grants);
        return true;
    }

    /// <summary>What a replica, or a snapshot, has.</summary>
    internal sealed record Copy(
        SortedDictionary<AgentId, Record> Records, Dictionary<string, HashSet<ClaimedIncarnation>> Hosts, HashSet<string> KnownHosts,
        long Floor, string? Generation, long Grants, long GrantFloor, LastRound? LastRound, long Term);
}
