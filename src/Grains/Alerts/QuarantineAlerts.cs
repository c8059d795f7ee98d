using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Alerts;

/// <summary>
/// Who is given up on, as incidents: one an agent, one a group, and one for all beyond the first few of a minute. Told by the commits, and
/// held against the store from time to time, since a supervisor may die between a commit and what it notes of it.
/// </summary>
internal sealed class QuarantineAlerts(int partition, IHeartbeatStore store, AlertDesk desk, StoreClock clock, AlertOptions options)
{
    /// <summary>Told one by one; any further are told as one, so that the outbox is bounded.</summary>
    public const int MostApart = 500;

    private const int Page = 1_000;
    private const int Chunk = 200;
    private const string StormSubject = "all";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<AgentId, string> _apart = [];
    private readonly Dictionary<AgentId, string> _inGroups = [];
    private readonly HashSet<AgentId> _held = [];
    private readonly HashSet<AgentId> _storm = [];
    private readonly Dictionary<string, long> _causes = new(StringComparer.Ordinal);
    private readonly Queue<DateTimeOffset> _begun = new();

    private static string StormKey => Signal.KeyOf(AlertCondition.QuarantineStorm, StormSubject);

    /// <summary>Holds what is known against the store: who is quarantined and not known of, and who is known of and is not.</summary>
    public async Task ReconcileAsync()
    {
        Recall();
        var ids = await QuarantinedAsync();
        foreach (var gone in _apart.Keys.Concat(_inGroups.Keys).Concat(_held).Concat(_storm).Where(id => !ids.Contains(id)).ToList())
        {
            Leave(gone);
        }

        var unknown = ids.Where(id => !IsKnown(id)).ToList();
        foreach (var chunk in unknown.Chunk(Chunk))
        {
            if (IsStorming && unknown.Count > MostApart)
            {
                // Why each of them was given up on is not worth reading so many states for.
                Join(chunk);
                continue;
            }

            foreach (var snapshot in await store.LoadAsync(partition, chunk))
            {
                if (snapshot.State.Value is { Status: AgentStatus.Quarantined } state)
                {
                    Enter(GivenUp.Of(state, snapshot.Definition.Value));
                }
            }
        }

        if (!IsStorming)
        {
            desk.Over(StormKey);
        }
    }

    /// <summary>
    /// An agent is not given up on any more of whom it was not known: the supervisor that gave it up died before it noted that. People are
    /// told of it, and of its end; unless it may have been one of many that they were told of as one.
    /// </summary>
    public void Missed(GivenUp agent)
    {
        if (desk.Find(StormKey) is null)
        {
            Enter(agent);
            Leave(agent.Id);
        }
    }

    /// <summary>An agent was given up on.</summary>
    public void Enter(GivenUp agent)
    {
        if (IsKnown(agent.Id))
        {
            return;
        }

        if (agent.IsHeld)
        {
            _held.Add(agent.Id);
        }
        else if (agent.Signal.Condition is AlertCondition.GroupQuarantined)
        {
            _inGroups[agent.Id] = agent.Signal.Key;
            desk.Raise(agent.Signal);
        }
        else if (agent.Signal.Condition is AlertCondition.AgentQuarantined && (IsStorming || IsOneTooMany()))
        {
            _causes[agent.Reason] = _causes.GetValueOrDefault(agent.Reason) + 1;
            Join([agent.Id]);
        }
        else
        {
            _apart[agent.Id] = agent.Signal.Key;
            _begun.Enqueue(clock.Now);
            desk.Raise(agent.Signal);
        }
    }

    /// <summary>An agent is not given up on any more.</summary>
    /// <returns>Whether it was known that it had been.</returns>
    public bool Leave(AgentId id)
    {
        if (_apart.Remove(id, out var key))
        {
            desk.Over(key);
        }
        else if (_inGroups.Remove(id, out var group))
        {
            if (!_inGroups.ContainsValue(group))
            {
                desk.Over(group);
            }
        }
        else if (_storm.Remove(id))
        {
            TellStorm();
        }
        else
        {
            return _held.Remove(id);
        }

        return true;
    }

    private bool IsStorming => _storm.Count > 0;

    private bool IsKnown(AgentId id) => _apart.ContainsKey(id) || _inGroups.ContainsKey(id) || _held.Contains(id) || _storm.Contains(id);

    private bool IsOneTooMany()
    {
        while (_begun.TryPeek(out var first) && (clock.Now - first).Duration() > Minute)
        {
            _begun.Dequeue();
        }

        return _begun.Count >= options.StormAfter || _apart.Count >= MostApart;
    }

    private void Join(IEnumerable<AgentId> ids)
    {
        _storm.UnionWith(ids);
        TellStorm();
    }

    private void TellStorm()
    {
        if (_storm.Count == 0)
        {
            _causes.Clear();
            desk.Over(StormKey);
            return;
        }

        desk.Raise(new Signal(AlertCondition.QuarantineStorm, StormSubject, $"{_storm.Count} more agents were given up on at about the same time")
        {
            Count = _storm.Count,
            Causes = new Dictionary<string, long>(_causes, StringComparer.Ordinal),
            Details = "they wait for a person: healing ps --status quarantined",
        });
    }

    /// <summary>What a supervisor before this one has noted.</summary>
    private void Recall()
    {
        foreach (var incident in desk.Holding())
        {
            switch (incident)
            {
                case { Condition: AlertCondition.AgentQuarantined or AlertCondition.PoisonAgent, AgentId: { } id } when !IsKnown(id):
                    _apart[id] = incident.Key;
                    _begun.Enqueue(incident.BeganAt);
                    break;
                case { Condition: AlertCondition.GroupQuarantined, AgentId: { } id } when !IsKnown(id):
                    _inGroups[id] = incident.Key;
                    break;
                case { Condition: AlertCondition.QuarantineStorm, Causes: { } causes } when _causes.Count == 0:
                    foreach (var (cause, count) in causes)
                    {
                        _causes[cause] = count;
                    }

                    break;
            }
        }
    }

    private async Task<HashSet<AgentId>> QuarantinedAsync()
    {
        var all = new HashSet<AgentId>();
        IReadOnlyList<AgentId> page = [];
        do
        {
            page = await store.IdsAsync(partition, AgentStatus.Quarantined, page.Count == 0 ? null : page[^1].Value, Page);
            all.UnionWith(page);
        }
        while (page.Count == Page);
        return all;
    }
}
