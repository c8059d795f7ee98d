using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>Agents that are restarted together: each is judged with the states of the others of its group.</summary>
internal sealed partial class Judge
{
    // A group of a hundred is done step by step in as many; what is left then is due in the store.
    private const int MaxFollowUps = 100;

    private readonly HashSet<AgentId> _alsoDue = [];

    private async Task<IReadOnlyList<AgentSnapshot>> WithSiblingsAsync(IReadOnlyList<AgentSnapshot> snapshots)
    {
        var known = snapshots.Where(s => s.Definition.Value?.Group is not null).ToLookup(s => s.Definition.Value!.Group!.Name, StringComparer.Ordinal);
        if (known.Count == 0)
        {
            return snapshots;
        }

        var groups = new Dictionary<string, List<GroupMember>>(StringComparer.Ordinal);
        foreach (var members in known)
        {
            groups[members.Key] = await MembersAsync(members.Key, [.. members.Where(m => m.State.Value is not null).Select(m => m.Id)]);
        }

        return [.. snapshots.Select(s => s.Definition.Value?.Group is { } group
            ? s with { Siblings = [.. groups[group.Name].Where(m => m.Id != s.Id)] }
            : s)];
    }

    private async Task<List<GroupMember>> MembersAsync(string name, IReadOnlyCollection<AgentId> known)
    {
        var ids = await _store.GroupAsync(_partition, name, known);
        var members = await Hearing.ListenAsync(() => _store.LoadAsync(_partition, [.. ids.OrderBy(i => i.Value, StringComparer.Ordinal)]));
        return [.. members
            .Where(m => m.State.Value is not null && m.Definition.Value?.Group?.Name == name)
            .Select(m => GroupMember.Of(m.Definition.Value!.Group!, m.State.Value!))];
    }

    /// <summary>Who is judged one after the other: the members of a group, each with what was written of those before it.</summary>
    private static string GroupOf(AgentSnapshot snapshot) =>
        snapshot.Siblings.Count > 0 && snapshot.Definition.Value?.Group is { } group ? $"group {group.Name}" : snapshot.Id.Value;

    private async Task<int> JudgeInOrderAsync(IEnumerable<AgentSnapshot> snapshots, IReadOnlySet<AgentId>? scheduled)
    {
        var committed = 0;
        foreach (var snapshot in snapshots.OrderBy(s => s.Definition.Value?.Group?.Order))
        {
            var current = committed > 0 && snapshot.Definition.Value?.Group is { } group
                ? snapshot with { Siblings = [.. (await MembersAsync(group.Name, [])).Where(m => m.Id != snapshot.Id)] }
                : snapshot;
            committed += await JudgeOneAsync(current, scheduled?.Contains(snapshot.Id) is true) ? 1 : 0;
        }

        return committed;
    }

    /// <summary>Of whom else something is to be decided when this is written.</summary>
    private static IReadOnlyList<AgentId> AffectedBy(AgentSnapshot before, HealthState? next) =>
        before.Siblings.Count > 0 && (next?.Status != before.State.Value?.Status || next?.GroupRound != before.State.Value?.GroupRound)
            ? [.. before.Siblings.Select(s => s.Id)]
            : [];

    /// <summary>Judges those at once that something was decided for by what was written of others.</summary>
    private async Task<int> FollowUpAsync()
    {
        var committed = 0;
        for (var i = 0; i < MaxFollowUps && _alsoDue.Count > 0; i++)
        {
            var ids = _alsoDue.ToHashSet();
            _alsoDue.Clear();
            foreach (var chunk in ids.Chunk(Chunk))
            {
                committed += await JudgeAsync(await LoadAsync(chunk), ids);
            }
        }

        return committed;
    }

    /// <summary>Why an agent cannot be taken into its group; null when it can, with the round that it joins.</summary>
    private async Task<(string? Refusal, long Round)> JoinAsync(AgentDefinition definition)
    {
        if (definition.Group is not { } group)
        {
            return (null, 0);
        }

        if (_options.Partitions > 1)
        {
            return ($"Agent '{definition.Id}' cannot be in group '{group.Name}': groups need a fleet of one partition, and this has {_options.Partitions}.", 0);
        }

        var ids = await _store.GroupAsync(_partition, group.Name, []);
        foreach (var other in await _store.LoadAsync(_partition, ids))
        {
            if (other.Definition.Value?.Group is { } said && said with { Order = group.Order } != group)
            {
                return ($"Agent '{other.Id}' says otherwise of group '{group.Name}'; but for their order, all of a group must say the same of it.", 0);
            }
        }

        return (null, (await MembersAsync(group.Name, [])).Select(m => m.Round).DefaultIfEmpty().Max());
    }
}
