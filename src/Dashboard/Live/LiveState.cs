using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Live;

/// <summary>The fleet as the changes so far have it: what a viewer that comes now has to be told. Not safe for two callers at once.</summary>
internal sealed class LiveState
{
    private const int ActionsKept = 100;

    private readonly SortedDictionary<int, AgentTile> _tiles = [];
    private readonly Queue<SupervisorAction> _actions = new();
    private FleetChange? _last;

    /// <summary>Whether anything is known yet.</summary>
    public bool IsEmpty => _last is null;

    /// <summary>Takes in a change.</summary>
    public void Apply(FleetChange change)
    {
        foreach (var index in change.Removed ?? [])
        {
            _tiles.Remove(index);
        }

        foreach (var tile in change.Agents ?? [])
        {
            _tiles[tile.Index] = tile;
        }

        foreach (var action in change.Actions ?? [])
        {
            _actions.Enqueue(action);
            if (_actions.Count > ActionsKept)
            {
                _actions.Dequeue();
            }
        }

        _last = change with
        {
            Agents = null,
            Removed = null,
            Actions = null,
            MoreActions = false,
            Fresh = change.Fresh ?? _last?.Fresh,
            Overview = change.Overview ?? _last?.Overview,
            Silos = change.Silos ?? _last?.Silos,
        };
    }

    /// <summary>All of it as one change.</summary>
    public FleetChange Whole() => (_last ?? throw new InvalidOperationException("Nothing is known yet.")) with
    {
        Agents = [.. _tiles.Values],
        Actions = [.. _actions],
    };

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _tiles.Clear();
        _actions.Clear();
        _last = null;
    }
}
