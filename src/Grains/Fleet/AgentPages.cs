using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>Finds pages of agents in the order of their ids, over all partitions and statuses.</summary>
internal sealed class AgentPages(IHeartbeatStore store, StoreClock clock)
{
    // What one request may look through when a search matches little: 100 reads of 200 agents.
    private const int MaxScanned = 20_000;
    private const int MaxRead = 200;
    private const int MinFiltered = 50;

    public async Task<Page<AgentView>> FindAsync(AgentQuery query, IReadOnlyDictionary<string, string> siloNames)
    {
        var found = new List<AgentView>();
        var cursor = query.Cursor;
        for (var scanned = 0; scanned < MaxScanned;)
        {
            var want = Math.Clamp(query.Limit + 1 - found.Count, LeastRead(query), MaxRead);
            var ids = await NextIdsAsync(query.Status, cursor, want);
            foreach (var view in (await LoadAsync(ids, siloNames)).Where(v => Matches(v, query)))
            {
                if (found.Count == query.Limit)
                {
                    return new Page<AgentView>(found, found[^1].Id.Value);
                }

                found.Add(view);
            }

            if (ids.Count < want)
            {
                return new Page<AgentView>(found, null);
            }

            cursor = ids[^1].Value;
            scanned += ids.Count;
        }

        return new Page<AgentView>(found, cursor);
    }

    /// <summary>
    /// Without a filter no more is read than is wanted, and one to know whether there is more. Where what is shown is not what is
    /// stored, some of what is read falls out, and a page must not be filled one agent at a time.
    /// </summary>
    private static int LeastRead(AgentQuery query) => query switch
    {
        { Search: not null } or { Labels: not null } or { Status: AgentStatus.Stale } => MaxRead,
        { Status: AgentStatus.Starting or AgentStatus.Healthy or AgentStatus.Restarting } => MinFiltered,
        _ => 1,
    };

    private static bool Matches(AgentView view, AgentQuery query) =>
        (query.Status is null || view.Status == query.Status)
        && (query.Labels is not { } labels || labels.All(l => view.Labels.TryGetValue(l.Key, out var value) && value == l.Value))
        && (query.Search is not { Length: > 0 } text
            || view.Id.Value.Contains(text, StringComparison.OrdinalIgnoreCase)
            || view.Kind.Contains(text, StringComparison.OrdinalIgnoreCase)
            || view.Labels.Any(l => $"{l.Key}={l.Value}".Contains(text, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Stale is no stored status: such agents stand among those that should be beating.</summary>
    private static IEnumerable<AgentStatus> StoredAs(AgentStatus? status) => status switch
    {
        null => Enum.GetValues<AgentStatus>().Where(s => s is not AgentStatus.Stale),
        AgentStatus.Stale => [AgentStatus.Starting, AgentStatus.Healthy, AgentStatus.Restarting],
        { } stored => [stored],
    };

    private async Task<List<AgentId>> NextIdsAsync(AgentStatus? status, string? after, int limit)
    {
        var lists = await Task.WhenAll(
            from partition in Enumerable.Range(0, store.Partitions)
            from stored in StoredAs(status)
            select store.IdsAsync(partition, stored, after, limit));

        // An agent that changes its status between two of the reads may stand in both lists.
        return [.. lists.SelectMany(l => l).Distinct().Order().Take(limit)];
    }

    private async Task<IEnumerable<AgentView>> LoadAsync(List<AgentId> ids, IReadOnlyDictionary<string, string> siloNames)
    {
        var loaded = await Task.WhenAll(ids.GroupBy(id => id.PartitionOf(store.Partitions))
            .Select(group => store.LoadAsync(group.Key, [.. group])));
        var now = clock.Now;
        return loaded.SelectMany(s => s)
            .Where(s => s.State.Text is not null)
            .Select(s => AgentViews.ToView(s, now, siloNames))
            .OrderBy(v => v.Id);
    }
}
