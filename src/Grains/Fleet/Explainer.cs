using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>Finds an action and what it was decided on, and has it decided again.</summary>
internal sealed class Explainer(IHeartbeatStore store)
{
    private const int MaxRead = 100_000;

    /// <summary>Two round trips, or three.</summary>
    public async Task<ActionExplanation?> ExplainAsync(string? actionId, AgentId? agent)
    {
        if (await FindAsync(actionId, agent) is not { } action)
        {
            return null;
        }

        if (action.AgentId is not { } about)
        {
            return new ActionExplanation
            {
                Action = action,
                Unexplained = "It is about the whole partition, and was seen rather than decided: its details say all that there is.",
            };
        }

        var id = DecisionEvidence.IdOf(action.Id);
        var evidence = store.EvidenceAsync(about);
        var log = await LogAsync(about);
        IReadOnlyList<SupervisorAction> recorded = [.. log.Where(a => DecisionEvidence.IdOf(a.Id) == id).Append(action).DistinctBy(a => a.Id)];
        return Explain(action, recorded, await evidence);
    }

    private static ActionExplanation Explain(
        SupervisorAction action, IReadOnlyList<SupervisorAction> recorded, IReadOnlyList<StoredRecord<DecisionEvidence>> evidence)
    {
        var id = DecisionEvidence.IdOf(action.Id);
        foreach (var record in evidence)
        {
            if (record.Value is { } value && value.Id == id)
            {
                return Explanation.Of(action, recorded, value);
            }

            if (record.IsMalformed && record.Text!.Contains($"\"{id}\"", StringComparison.Ordinal))
            {
                return new ActionExplanation
                {
                    Action = action,
                    Unexplained = $"What it was decided on cannot be read by this version ({record.Fault}); a silo of the version that decided it may know.",
                };
            }
        }

        return new ActionExplanation
        {
            Action = action,
            Unexplained = "What it was decided on is not recorded any more: that is kept of an agent's last decisions alone (Healing:DecisionsKept), and for a day after it was removed.",
        };
    }

    private async Task<SupervisorAction?> FindAsync(string? actionId, AgentId? agent)
    {
        if (agent is { } id)
        {
            var log = await LogAsync(id);
            return actionId is null ? log.MaxBy(a => a.Id, StringComparer.Ordinal) : log.FirstOrDefault(a => a.Id == actionId);
        }

        var logs = await Task.WhenAll(Enumerable.Range(0, store.Partitions).Select(p => store.ActionsAsync(p, null, MaxRead)));
        return logs.SelectMany(l => l).FirstOrDefault(a => a.Id == actionId);
    }

    /// <summary>Its own log; and of the fleet's what is about it, since its own goes when it is removed.</summary>
    private async Task<IReadOnlyList<SupervisorAction>> LogAsync(AgentId id)
    {
        var partition = id.PartitionOf(store.Partitions);
        var own = store.ActionsAsync(partition, id, MaxRead);
        var fleet = await store.ActionsAsync(partition, null, MaxRead);
        return [.. await own, .. fleet.Where(a => a.AgentId == id)];
    }
}
