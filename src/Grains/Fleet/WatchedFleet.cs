using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>The fleet as one reader has been told of it: what is new of it is what differs from that.</summary>
internal sealed class WatchedFleet
{
    private const int MaxMessageLength = 160;
    private const int Past = 1;
    private const int Full = 255;

    private readonly Dictionary<AgentId, Watched> _agents = [];
    private readonly SortedSet<int> _free = [];
    private List<int> _removed = [];
    private List<AgentTile> _changed = [];

    /// <summary>How many agents there are.</summary>
    public int Count => _agents.Count;

    /// <summary>The agents.</summary>
    public IReadOnlyCollection<AgentId> Ids => _agents.Keys;

    public bool Knows(AgentId id) => _agents.ContainsKey(id);

    /// <summary>Takes in what the store holds of an agent.</summary>
    /// <param name="snapshot">The records.</param>
    /// <param name="view">What people see of them.</param>
    /// <param name="timeout">How long a beat of it is good for.</param>
    public void Take(AgentSnapshot snapshot, AgentView view, TimeSpan timeout)
    {
        var known = _agents.GetValueOrDefault(snapshot.Id);
        if (snapshot.State.Text is null)
        {
            if (known is not null)
            {
                _agents.Remove(snapshot.Id);
                _removed.Add(known.Tile.Index);
            }

            return;
        }

        var tile = Tile(view, snapshot.State.Value?.Since, known?.Tile.Index ?? NextIndex());
        if (known is null || !IsSame(known.Tile, tile))
        {
            _changed.Add(tile);
        }

        _agents[snapshot.Id] = new Watched(tile, timeout, snapshot.State.Value?.IsPromised is true);
    }

    /// <summary>What each agent has left of its promise, and who has to be looked at for it.</summary>
    public (byte[] Fresh, IReadOnlyList<AgentId> Doubtful) Look(
        IEnumerable<(AgentId Id, long Incarnation, DateTimeOffset Deadline)> deadlines, DateTimeOffset now)
    {
        var fresh = new byte[_agents.Count == 0 ? 0 : _agents.Values.Max(a => a.Tile.Index) + 1];
        var doubtful = new List<AgentId>();
        var promised = 0;
        foreach (var (id, incarnation, deadline) in deadlines)
        {
            if (!_agents.TryGetValue(id, out var agent) || agent.Tile.Incarnation != incarnation || !agent.IsPromised)
            {
                doubtful.Add(id);
                continue;
            }

            promised++;
            fresh[agent.Tile.Index] = Freshness(deadline - now, agent.Timeout);
            if (deadline < now != agent.Tile.Status is AgentStatus.Stale)
            {
                doubtful.Add(id);
            }
        }

        if (promised < _agents.Values.Count(a => a.IsPromised))
        {
            doubtful.AddRange(_agents.Where(a => a.Value.IsPromised && fresh[a.Value.Tile.Index] == 0).Select(a => a.Key));
        }

        return (fresh, doubtful);
    }

    /// <summary>What changed since the last call.</summary>
    public (IReadOnlyList<AgentTile>? Changed, IReadOnlyList<int>? Removed) TakeChanges()
    {
        var (changed, removed) = (_changed, _removed);
        (_changed, _removed) = ([], []);

        // Free from now on, and not before: a reader takes out what is gone before it puts in what is new.
        _free.UnionWith(removed);
        return (changed.Count > 0 ? changed : null, removed.Count > 0 ? removed : null);
    }

    private static byte Freshness(TimeSpan left, TimeSpan timeout) => left < TimeSpan.Zero
        ? (byte)Past
        : (byte)Math.Min(Full, Past + 1 + ((Full - Past - 1) * (left / timeout)));

    private static AgentTile Tile(AgentView view, DateTimeOffset? since, int index) => new()
    {
        Index = index,
        Id = view.Id,
        Kind = view.Kind,
        Status = view.Status,
        Since = since,
        Silo = view.Silo,
        Incarnation = view.Incarnation,
        ConsecutiveFailures = view.ConsecutiveFailures,
        TotalRestarts = view.TotalRestarts,
        NextRestartAt = view.NextRestartAt,
        LastFailure = view.LastFailure is { Message.Length: > MaxMessageLength } failure ? failure with { Message = $"{failure.Message[..MaxMessageLength]}…" } : view.LastFailure,
        Labels = view.Labels.Count > 0 ? view.Labels : null,
    };

    /// <summary>Labels never change while an agent is there.</summary>
    private static bool IsSame(AgentTile one, AgentTile other) => one with { Labels = null } == other with { Labels = null };

    private int NextIndex()
    {
        if (_free.Count == 0)
        {
            return _agents.Count + _removed.Count;
        }

        var index = _free.Min;
        _free.Remove(index);
        return index;
    }

    private sealed record Watched(AgentTile Tile, TimeSpan Timeout, bool IsPromised);
}
