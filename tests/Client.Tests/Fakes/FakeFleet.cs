using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Tests.Fakes;

/// <summary>A fleet in memory that remembers the orders it was given, and fails on demand.</summary>
internal sealed class FakeFleet : IFleetGrain
{
    public SortedDictionary<AgentId, AgentDetails> Agents { get; } = [];

    /// <summary>Oldest first.</summary>
    public List<SupervisorAction> Log { get; } = [];

    public List<SiloView> Silos { get; } = [];

    public List<KindView> Kinds { get; } = [];

    public List<DoctorFinding> Findings { get; } = [];

    public List<AgentDefinition> Spawned { get; } = [];

    public ConcurrentQueue<string> Orders { get; } = [];

    /// <summary>Thrown by the next calls, one each.</summary>
    public ConcurrentQueue<Exception> Failures { get; } = [];

    /// <summary>Thrown by every call, until it is over.</summary>
    public Exception? Outage { get; set; }

    /// <summary>What a spawn answers.</summary>
    public Func<AgentDefinition, CommandResult> OnSpawn { get; set; } = d => CommandResult.Done($"Spawned as {d.Kind}.", 1);

    /// <summary>What is wrong with a definition.</summary>
    public Func<AgentDefinition, IReadOnlyList<Fault>> OnCheck { get; set; } = _ => [];

    /// <summary>What an order on an agent that is there answers.</summary>
    public Func<AgentId, string, CommandResult> OnOrder { get; set; } = (_, order) => CommandResult.Done($"{order} done.", 8);

    public Task<CommandResult> SpawnAsync(AgentDefinition definition, string actor)
    {
        Fail();
        Spawned.Add(definition);
        return Task.FromResult(OnSpawn(definition));
    }

    public Task<IReadOnlyList<Fault>> CheckAsync(AgentDefinition definition)
    {
        Fail();
        return Task.FromResult(OnCheck(definition));
    }

    public Task<CommandResult> CommandAsync(AgentId id, AgentCommand command) =>
        Order(id, command.Kind.ToString().ToLowerInvariant() + (command.Reason is null ? "" : $" ({command.Reason})") + (command.For is { } span ? $" for {span}" : ""));

    public Task<CommandResult> CrashAsync(AgentId id, CrashMode mode, string actor) => Order(id, $"crash {mode.ToString().ToLowerInvariant()}");

    public Task<CommandResult> HeartbeatAsync(AgentId id, ExternalHeartbeat heartbeat) => Order(id, $"heartbeat {heartbeat.Incarnation}");

    public Task<CommandResult> SaveCheckpointAsync(AgentId id, ExternalCheckpoint checkpoint) => Order(id, $"checkpoint {checkpoint.Incarnation}");

    public Task<CheckpointReply> LoadCheckpointAsync(AgentId id, long? incarnation) => throw new NotSupportedException();

    public Task<Page<AgentView>> ListAsync(AgentQuery query)
    {
        Fail();
        var all = Agents.Values.Select(d => d.Agent)
            .Where(a => query.Status is null || a.Status == query.Status)
            .Where(a => query.Labels is null || query.Labels.All(l => a.Labels.GetValueOrDefault(l.Key) == l.Value))
            .Where(a => query.Search is null || a.Id.Value.Contains(query.Search, StringComparison.OrdinalIgnoreCase))
            .Where(a => query.Cursor is null || string.CompareOrdinal(a.Id.Value, query.Cursor) > 0)
            .ToList();
        var page = all.Take(query.Limit).ToList();
        return Task.FromResult(new Page<AgentView>(page, page.Count < all.Count ? page[^1].Id.Value : null));
    }

    public Task<AgentDetails?> DescribeAsync(AgentId id)
    {
        Fail();
        return Task.FromResult(Agents.GetValueOrDefault(id));
    }

    public Task<IReadOnlyList<SupervisorAction>> ActionsAsync(AgentId? id, int limit, string? before = null)
    {
        Fail();
        lock (Log)
        {
            return Task.FromResult<IReadOnlyList<SupervisorAction>>(
                [.. Log.Where(a => (id is null || a.AgentId == id) && (before is null || string.CompareOrdinal(a.Id, before) < 0)).Reverse().Take(Math.Min(limit, AgentQuery.MaxLimit))]);
        }
    }

    public IAsyncEnumerable<FleetChange> WatchAsync() => throw new NotSupportedException();

    public Task<IReadOnlyList<FleetSample>> HistoryAsync(TimeSpan span) => throw new NotSupportedException();

    public IAsyncEnumerable<SupervisorAction> FollowAsync(AgentId? id, string? afterId) => FollowAsync(id, afterId, CancellationToken.None);

    /// <summary>Follows until <paramref name="death"/>, which comes to who follows as the death of a silo does.</summary>
    public async IAsyncEnumerable<SupervisorAction> FollowAsync(AgentId? id, string? afterId, [EnumeratorCancellation] CancellationToken death)
    {
        var shown = afterId;
        while (true)
        {
            SupervisorAction? next;
            lock (Log)
            {
                next = Log.Find(a => (id is null || a.AgentId == id) && string.CompareOrdinal(a.Id, shown) > 0);
            }

            Fail();
            if (next is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
                if (death.IsCancellationRequested)
                {
                    throw new SiloUnavailableException("The silo dies.");
                }

                continue;
            }

            shown = next.Id;
            yield return next;
        }
    }

    /// <summary>What is known of actions, by their id.</summary>
    public Dictionary<string, ActionExplanation> Explanations { get; } = new(StringComparer.Ordinal);

    public Task<ActionExplanation?> ExplainAsync(string? actionId, AgentId? agent)
    {
        Fail();
        return Task.FromResult(Explanations.Values
            .Where(e => (actionId is null || e.Action.Id == actionId) && (agent is null || e.Action.AgentId == agent))
            .MaxBy(e => e.Action.Id, StringComparer.Ordinal));
    }

    /// <summary>What another timeout would have meant; null when there is no such kind.</summary>
    public Func<TimeSpan, string?, WhatIfAnswer?> OnWhatIf { get; set; } = (_, _) => null;

    public Task<WhatIfAnswer?> WhatIfAsync(TimeSpan timeout, string? kind)
    {
        Fail();
        return Task.FromResult(OnWhatIf(timeout, kind));
    }

    public Task<FleetOverview> OverviewAsync()
    {
        Fail();
        return Task.FromResult(new FleetOverview
        {
            Agents = Agents.Count,
            ByStatus = Agents.Values.GroupBy(d => d.Agent.Status).ToDictionary(g => Serialization.Words.ToWord(g.Key), g => (long)g.Count()),
            Restarts = Agents.Values.Sum(d => d.Agent.TotalRestarts),
            Failures = 6,
            MttrSeconds = 2.13,
            MalformedRecords = 0,
            Maintenance = Maintenance,
            Supervisors = [new SupervisorPulse { Partition = 0, Silo = "silo-2", LastRoundAgeSeconds = 0.31 }],
        });
    }

    public List<MaintenanceOrder> Maintenance { get; } = [];

    /// <summary>What an order on a silo or on many agents answers.</summary>
    public Func<string, CommandResult> OnStanding { get; set; } = order => CommandResult.Done($"{order} done.");

    public Task<CommandResult> KillSiloAsync(string silo, string actor) => throw new NotSupportedException();

    public Task<CommandResult> DrainAsync(string silo, DrainCommand command) =>
        Standing($"{(command.Undo ? "undrain" : "drain")} {silo}{(command.Reason is null ? "" : $" ({command.Reason})")}");

    public Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync() => Answer<MaintenanceOrder>(Maintenance);

    public Task<CommandResult> MaintainAsync(MaintenanceCommand command) => Standing(
        $"{(command.End ? "resume" : "pause")} {MaintenanceOrder.ScopeOf(command.Labels)}{(command.Reason is null ? "" : $" ({command.Reason})")}{(command.For is { } span ? $" for {span}" : "")}");

    public Task<IReadOnlyList<SiloView>> SilosAsync() => Answer<SiloView>(Silos);

    public Task<IReadOnlyList<KindView>> KindsAsync() => Answer<KindView>(Kinds);

    public Task<IReadOnlyList<DoctorFinding>> DoctorAsync() => Answer<DoctorFinding>(Findings);

    private Task<IReadOnlyList<T>> Answer<T>(List<T> items)
    {
        Fail();
        return Task.FromResult<IReadOnlyList<T>>(items);
    }

    private Task<CommandResult> Order(AgentId id, string order)
    {
        Orders.Enqueue($"{id} {order}");
        Fail();
        return Task.FromResult(Agents.ContainsKey(id) ? OnOrder(id, order) : CommandResult.NotFound(id.Value));
    }

    private Task<CommandResult> Standing(string order)
    {
        Orders.Enqueue(order);
        Fail();
        return Task.FromResult(OnStanding(order));
    }

    private void Fail()
    {
        if (Outage is { } outage)
        {
            throw outage;
        }

        if (Failures.TryDequeue(out var failure))
        {
            throw failure;
        }
    }
}
