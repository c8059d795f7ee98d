using Microsoft.Extensions.Hosting;
using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;
using Orleans.Runtime.Placement;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>
/// Answers consoles and pages. Reentrant, since it only reads and passes on. No stateless worker: an enumeration in progress
/// belongs to one activation.
/// </summary>
[Reentrant, PreferLocalPlacement, GrainDirectory(HealingSiloBuilderExtensions.DirectoryName)]
internal sealed class FleetGrain(FleetReader reader, ActionFeed feed, AgentKinds kinds, IHeartbeatStore store, ExternalBeats beats, ExternalCheckpoints checkpoints, SiloDrains drains, MaintenanceDesk maintenance,
    Doctor doctor, Explainer explainer, FleetWatch watch, FleetHistory history, SilenceReader silences, IHostApplicationLifetime lifetime, TimeProvider time)
    : Grain, IFleetGrain
{
    private readonly Dictionary<int, SpawnQueue> _spawns = [];

    public async Task<CommandResult> SpawnAsync(AgentDefinition definition, string actor)
    {
        var faults = Check(definition);
        return faults.Count > 0
            ? CommandResult.Invalid(faults)
            : await SpawnsOf(definition.Id).SpawnAsync(new(definition, CommandRules.Actor(actor)));
    }

    public Task<IReadOnlyList<Fault>> CheckAsync(AgentDefinition definition) => Task.FromResult(Check(definition));

    public async Task<CommandResult> CommandAsync(AgentId id, AgentCommand command)
    {
        Fault[] faults = [.. CommandRules.Check(command)];
        return faults.Length > 0
            ? CommandResult.Invalid(faults)
            : await SupervisorOf(id).CommandAsync(id, command with { Actor = CommandRules.Actor(command.Actor) });
    }

    public async Task<CommandResult> CrashAsync(AgentId id, CrashMode mode, string actor)
    {
        if (await reader.DescribeAsync(id) is not { } agent)
        {
            return CommandResult.NotFound(id.Value);
        }

        if (kinds.Find(agent.Agent.Kind) is { Create: null })
        {
            return CommandResult.Conflict($"Agent '{id}' of kind '{agent.Agent.Kind}' runs outside the cluster; it cannot be crashed from here.");
        }

        // Only an agent that beats has a body to crash; the call must not activate a grain for one that has none.
        var incarnation = agent.Agent.Status is AgentStatus.Healthy or AgentStatus.Stale
            ? await GrainFactory.GetGrain<IAgentGrain>(id.Value).CrashAsync(mode)
            : null;
        if (incarnation is null)
        {
            return CommandResult.Conflict($"Agent '{id}' is {Serialization.Words.ToWord(agent.Agent.Status)}; no body runs that could be crashed.");
        }

        var word = Serialization.Words.ToWord(mode);
        return CommandResult.Done(
            mode is CrashMode.Hang or CrashMode.Block && agent.Policy?.ProgressTimeout is null
                ? $"Incarnation {incarnation} of agent '{id}' is made to {word}. It has no progress timeout, so its grain goes on beating for it and nobody will notice."
                : $"Failure '{word}' is forced on incarnation {incarnation} of agent '{id}'.",
            incarnation);
    }

    public Task<CommandResult> DrainAsync(string silo, DrainCommand command) =>
        drains.OrderAsync(silo, command with { Actor = CommandRules.Actor(command.Actor) });

    public async Task<CommandResult> KillSiloAsync(string silo, string actor)
    {
        var (named, refusal) = NamedSilos.Find(await reader.SilosAsync(), silo);
        if (named is null)
        {
            return refusal!;
        }

        RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(named.Address));
        await GrainFactory.GetGrain<ISiloGrain>(Guid.NewGuid().ToString("N")).DieAsync(named.Address, CommandRules.Actor(actor));
        return CommandResult.Done($"Silo '{named.Name}' (process {named.Pid}) is being killed. See its agents move: healing events -f");
    }

    public Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync() => maintenance.StandingAsync();

    public Task<CommandResult> MaintainAsync(MaintenanceCommand command) => maintenance.OrderAsync(command);

    public Task<CommandResult> HeartbeatAsync(AgentId id, ExternalHeartbeat heartbeat) => beats.TakeAsync(id, heartbeat);

    public Task<CommandResult> SaveCheckpointAsync(AgentId id, ExternalCheckpoint checkpoint) => checkpoints.SaveAsync(id, checkpoint);

    public Task<CheckpointReply> LoadCheckpointAsync(AgentId id, long? incarnation) => checkpoints.LoadAsync(id, incarnation);

    public Task<Page<AgentView>> ListAsync(AgentQuery query) => reader.ListAsync(query);

    public Task<AgentDetails?> DescribeAsync(AgentId id) => reader.DescribeAsync(id);

    public Task<IReadOnlyList<SupervisorAction>> ActionsAsync(AgentId? id, int limit, string? before = null) => reader.ActionsAsync(id, limit, before);

    public Task<ActionExplanation?> ExplainAsync(string? actionId, AgentId? agent) => explainer.ExplainAsync(actionId, agent);

    public Task<WhatIfAnswer?> WhatIfAsync(TimeSpan timeout, string? kind) => silences.WhatIfAsync(timeout, kind);

    /// <summary>Ends when this silo stops: a stream that is left open would hold up its end, and is taken up elsewhere.</summary>
    public IAsyncEnumerable<SupervisorAction> FollowAsync(AgentId? id, string? afterId) => feed.FollowAsync(id, afterId, lifetime.ApplicationStopping);

    /// <summary>Ends when this silo stops, as <see cref="FollowAsync"/> does.</summary>
    public IAsyncEnumerable<FleetChange> WatchAsync() => watch.WatchAsync(lifetime.ApplicationStopping);

    public Task<IReadOnlyList<FleetSample>> HistoryAsync(TimeSpan span) => history.ReadAsync(span);

    public Task<FleetOverview> OverviewAsync() => reader.OverviewAsync();

    public Task<IReadOnlyList<SiloView>> SilosAsync() => reader.SilosAsync();

    public Task<IReadOnlyList<KindView>> KindsAsync() =>
        Task.FromResult<IReadOnlyList<KindView>>([.. kinds.All.Select(k => new KindView(k.Name, k.Settings))]);

    public Task<IReadOnlyList<DoctorFinding>> DoctorAsync() => doctor.ExamineAsync();

    private SpawnQueue SpawnsOf(AgentId id)
    {
        var partition = id.PartitionOf(store.Partitions);
        if (!_spawns.TryGetValue(partition, out var spawns))
        {
            var supervisor = SupervisorOf(id);
            _spawns[partition] = spawns = new SpawnQueue(supervisor.SpawnAsync, time);
        }

        return spawns;
    }

    private ISupervisorGrain SupervisorOf(AgentId id) => GrainFactory.GetGrain<ISupervisorGrain>(id.PartitionOf(store.Partitions));

    /// <summary>No kind has a name that is too long; said so, its text is not sent back.</summary>
    private IReadOnlyList<Fault> Check(AgentDefinition definition) => definition.Kind.Length <= AgentDefinition.MaxKindLength
        ? DefinitionRules.Check(definition, kinds)
        :
        [
            new Fault("kind", $"must be at most {AgentDefinition.MaxKindLength} characters (it is {definition.Kind.Length})"),
            .. DefinitionRules.Check(definition, kinds).Where(f => f.Property is not "kind"),
        ];
}
