using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Silo.Demo;

/// <summary>A fleet in memory that is spawned into and removed from, and writes down the orders.</summary>
internal sealed class FakeFleet : IFleetGrain
{
    private readonly Dictionary<AgentId, AgentView> _agents = [];

    public List<string> Orders { get; } = [];

    public Exception? Failure { get; set; }

    /// <summary>What each agent was spawned with.</summary>
    public AgentSettings? Settings { get; set; }

    public void Put(string id, AgentStatus status, long incarnation, string label = "demo") => _agents[AgentId.Parse(id)] = new AgentView
    {
        Id = AgentId.Parse(id),
        Kind = "test",
        Status = status,
        Incarnation = incarnation,
        ConsecutiveFailures = 0,
        TotalRestarts = 0,
        Labels = new Dictionary<string, string> { [label] = "reader" },
    };

    public void Remove(string id) => _agents.Remove(AgentId.Parse(id));

    public Task<CommandResult> SpawnAsync(AgentDefinition definition, string actor)
    {
        Fail();
        if (_agents.ContainsKey(definition.Id))
        {
            Orders.Add($"refuse {definition.Id}");
            return Task.FromResult(CommandResult.Conflict("It is there."));
        }

        Orders.Add($"spawn {definition.Id}");
        Put(definition.Id.Value, AgentStatus.Starting, 10);
        return Task.FromResult(CommandResult.Done("Spawned.", 10));
    }

    public Task<CommandResult> CommandAsync(AgentId id, AgentCommand command)
    {
        Fail();
        Orders.Add($"{command.Kind.ToString().ToLowerInvariant()} {id}");
        return Task.FromResult(_agents.Remove(id) ? CommandResult.Done("Removed.") : CommandResult.NotFound(id.Value));
    }

    /// <summary>As the real one: the search looks into labels as <c>name=value</c>, and finds parts.</summary>
    public Task<Page<AgentView>> ListAsync(AgentQuery query)
    {
        Fail();
        return Task.FromResult(new Page<AgentView>(
            [.. _agents.Values.Where(a => a.Status == query.Status && a.Labels.Any(l => $"{l.Key}={l.Value}".Contains(query.Search!, StringComparison.Ordinal)))],
            null));
    }

    public Task<IReadOnlyList<Fault>> CheckAsync(AgentDefinition definition) => throw new NotSupportedException();

    public Task<CommandResult> CrashAsync(AgentId id, CrashMode mode, string actor) => throw new NotSupportedException();

    public Task<CommandResult> SaveCheckpointAsync(AgentId id, ExternalCheckpoint checkpoint) => throw new NotSupportedException();

    public Task<CheckpointReply> LoadCheckpointAsync(AgentId id, long? incarnation) => throw new NotSupportedException();

    public Task<CommandResult> HeartbeatAsync(AgentId id, ExternalHeartbeat heartbeat) => throw new NotSupportedException();

    public Task<AgentDetails?> DescribeAsync(AgentId id) => Task.FromResult(_agents.TryGetValue(id, out var agent)
        ? new AgentDetails
        {
            Agent = agent,
            Definition = new AgentDefinition { Id = id, Kind = "test", Labels = agent.Labels, Settings = Settings },
            Actions = [],
            Checkpoints = [],
        }
        : null);

    public Task<IReadOnlyList<SupervisorAction>> ActionsAsync(AgentId? id, int limit, string? before = null) => throw new NotSupportedException();

    public IAsyncEnumerable<SupervisorAction> FollowAsync(AgentId? id, string? afterId) => throw new NotSupportedException();

    public Task<ActionExplanation?> ExplainAsync(string? actionId, AgentId? agent) => throw new NotSupportedException();

    public Task<WhatIfAnswer?> WhatIfAsync(TimeSpan timeout, string? kind) => throw new NotSupportedException();

    public IAsyncEnumerable<FleetChange> WatchAsync() => throw new NotSupportedException();

    public Task<IReadOnlyList<FleetSample>> HistoryAsync(TimeSpan span) => throw new NotSupportedException();

    public Task<FleetOverview> OverviewAsync() => throw new NotSupportedException();

    public Task<IReadOnlyList<SiloView>> SilosAsync() => throw new NotSupportedException();

    public Task<CommandResult> KillSiloAsync(string silo, string actor) => throw new NotSupportedException();

    public Task<CommandResult> DrainAsync(string silo, DrainCommand command) => throw new NotSupportedException();

    public Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync() => throw new NotSupportedException();

    public Task<CommandResult> MaintainAsync(MaintenanceCommand command) => throw new NotSupportedException();

    public Task<IReadOnlyList<KindView>> KindsAsync() => throw new NotSupportedException();

    public Task<IReadOnlyList<DoctorFinding>> DoctorAsync() => throw new NotSupportedException();

    private void Fail()
    {
        if (Failure is { } failure)
        {
            throw failure;
        }
    }
}
