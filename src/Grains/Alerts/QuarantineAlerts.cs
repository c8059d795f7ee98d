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
    private const int ChunksATurn = 10;
    private const string StormSubject = "all";
    private const string NotLookedAt = "not looked at";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<AgentId, string> _apart = [];
    private readonly Dictionary<AgentId, string> _inGroups = [];
    private readonly Dictionary<AgentId, string> _held = [];
    private readonly Dictionary<AgentId, string> _storm = [];
    private readonly Queue<DateTimeOffset> _begun = new();
    private readonly Queue<AgentId> _found = new();
    private DateTimeOffset? _joinedAt;
    private bool _isReconciling;

    private static string StormKey => Signal.KeyOf(AlertCondition.QuarantineStorm, StormSubject);

    private bool IsStormOpen => _storm.Count > 0 || desk.Find(StormKey) is { OverAt: null };

    /// <summary>Holds what is known against the store: who is quarantined and not known of, and who is known of and is not.</summary>
    public async Task ReconcileAsync()
    {
        _isReconciling = true;
        Recall();
        var ids = await QuarantinedAsync();
        foreach (var gone in _apart.Keys.Concat(_inGroups.Keys).Concat(_held.Keys).Concat(_storm.Keys).Where(id => !ids.Contains(id)).ToList())
        {
            Leave(gone);
        }

        _found.Clear();
        foreach (var id in ids.Where(id => !IsKnown(id)))
        {
            _found.Enqueue(id);
        }

        await GoOnAsync();
    }

    /// <summary>Looks at some more of those that were found in the store. A turn looks at two thousand, so that no round waits for it.</summary>
    public async Task GoOnAsync()
    {
        for (var i = 0; i < ChunksATurn && _found.Count > 0; i++)
        {
            var ids = _found.Take(Chunk).ToList();
            await LookAtAsync(ids);

            // Only now: an outage in between must not lose them.
            ids.ForEach(_ => _found.Dequeue());
        }

        if (_isReconciling && _found.Count == 0)
        {
            _isReconciling = false;
            TellStorm();
            foreach (var group in desk.Holding().Where(i => i.Condition is AlertCondition.GroupQuarantined).ToList())
            {
                EndGroup(group.Key);
            }
        }
    }

    /// <summary>An agent was given up on.</summary>
    public void Enter(GivenUp agent) => Enter(agent, isOfStorm: false);

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

    /// <summary>An agent is not given up on any more.</summary>
    /// <returns>Whether it was known that it had been.</returns>
    public bool Leave(AgentId id)
    {
        if (_apart.Remove(id, out var key))
        {
            desk.Over(key);
        }
        else if (_inGroups.Remove(id, out var group) || _held.Remove(id, out group))
        {
            EndGroup(group);
        }
        else if (_storm.Remove(id))
        {
            TellStorm();
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>A group's alert is over when none of it is given up on, nor held with those that are.</summary>
    private void EndGroup(string key)
    {
        // Half-way through the store nobody knows who is held.
        if (!_isReconciling && !_inGroups.ContainsValue(key) && !_held.ContainsValue(key))
        {
            desk.Over(key);
        }
    }

    private void Enter(GivenUp agent, bool isOfStorm)
    {
        if (IsKnown(agent.Id))
        {
            return;
        }

        var signal = agent.Signal;
        if (agent.IsHeld)
        {
            _held[agent.Id] = signal.Key;
        }
        else if (signal.Condition is AlertCondition.GroupQuarantined && _inGroups.ContainsValue(signal.Key))
        {
            _inGroups[agent.Id] = signal.Key;
        }
        else if (signal.Condition is not AlertCondition.PoisonAgent && (isOfStorm || IsOneTooMany()))
        {
            _storm[agent.Id] = agent.Reason;
            _joinedAt = isOfStorm ? _joinedAt : clock.Now;
            TellStorm();
        }
        else
        {
            (signal.Condition is AlertCondition.GroupQuarantined ? _inGroups : _apart)[agent.Id] = signal.Key;
            _begun.Enqueue(clock.Now);
            desk.Raise(signal);
        }
    }

    private bool IsKnown(AgentId id) => _apart.ContainsKey(id) || _inGroups.ContainsKey(id) || _held.ContainsKey(id) || _storm.ContainsKey(id);

    /// <summary>After a quiet minute they are told apart again: what joins an open alert wakes nobody.</summary>
    private bool IsOneTooMany()
    {
        while (_begun.TryPeek(out var first) && (clock.Now - first).Duration() > Minute)
        {
            _begun.Dequeue();
        }

        return _begun.Count >= options.StormAfter || _apart.Count + _inGroups.Count >= MostApart || (clock.Now - _joinedAt)?.Duration() < Minute;
    }

    private async Task LookAtAsync(IReadOnlyList<AgentId> ids)
    {
        // Whom a supervisor before this one told of as one of many is one of many still.
        var isOfStorm = IsStormOpen;
        if (isOfStorm && _storm.Count >= MostApart)
        {
            // Why each of so many was given up on is not worth reading as many states for.
            foreach (var id in ids)
            {
                _storm.TryAdd(id, NotLookedAt);
            }

            return;
        }

        foreach (var snapshot in await store.LoadAsync(partition, ids))
        {
            if (snapshot.State.Value is { Status: AgentStatus.Quarantined } state)
            {
                Enter(GivenUp.Of(state, snapshot.Definition.Value), isOfStorm);
            }
        }
    }

    private void TellStorm()
    {
        if (_isReconciling)
        {
            // Told half-way it would be told of as changed.
            return;
        }

        if (_storm.Count > 0)
        {
            desk.Raise(new Signal(AlertCondition.QuarantineStorm, StormSubject, $"{_storm.Count} more agents were given up on at about the same time")
            {
                Count = _storm.Count,
                Causes = _storm.Values.CountBy(reason => reason, StringComparer.Ordinal).ToDictionary(r => r.Key, r => (long)r.Value, StringComparer.Ordinal),
                Details = "they wait for a person: healing ps --status quarantined",
            });
        }
        else
        {
            desk.Over(StormKey);
        }
    }

    /// <summary>What a supervisor before this one has noted of agents and groups; who belongs to a storm is found in the store.</summary>
    private void Recall()
    {
        foreach (var incident in desk.Holding())
        {
            if (incident.AgentId is not { } id || IsKnown(id))
            {
                continue;
            }

            if (incident.Condition is AlertCondition.AgentQuarantined or AlertCondition.PoisonAgent)
            {
                _apart[id] = incident.Key;
                _begun.Enqueue(incident.BeganAt);
            }
            else if (incident.Condition is AlertCondition.GroupQuarantined)
            {
                _inGroups[id] = incident.Key;
                _begun.Enqueue(incident.BeganAt);
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
