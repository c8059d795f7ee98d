using Microsoft.Extensions.Hosting;
using OrleansHealing.Agents;
using OrleansHealing.Client.Tests.Fakes;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Tests.Connection;

/// <summary>A fleet grain on a real silo. Its log is the process's, as the real one's is the store's, so it outlives silos.</summary>
internal sealed class TestFleetGrain(ILocalSiloDetails silo, IHostApplicationLifetime lifetime) : Grain, IFleetGrain
{
    public static readonly FakeFleet Store = new();

    public Task<CommandResult> SpawnAsync(AgentDefinition definition, string actor) => Store.SpawnAsync(definition, actor);

    public Task<IReadOnlyList<Fault>> CheckAsync(AgentDefinition definition) => Store.CheckAsync(definition);

    public Task<CommandResult> CommandAsync(AgentId id, AgentCommand command) => Store.CommandAsync(id, command);

    public Task<CommandResult> CrashAsync(AgentId id, CrashMode mode, string actor) => Store.CrashAsync(id, mode, actor);

    public Task<CommandResult> HeartbeatAsync(AgentId id, ExternalHeartbeat heartbeat) => Store.HeartbeatAsync(id, heartbeat);

    public Task<CommandResult> SaveCheckpointAsync(AgentId id, ExternalCheckpoint checkpoint) => Store.SaveCheckpointAsync(id, checkpoint);

    public Task<CheckpointReply> LoadCheckpointAsync(AgentId id, long? incarnation) => Store.LoadCheckpointAsync(id, incarnation);

    public Task<Page<AgentView>> ListAsync(AgentQuery query) => Store.ListAsync(query);

    public Task<AgentDetails?> DescribeAsync(AgentId id) => Store.DescribeAsync(id);

    public Task<IReadOnlyList<SupervisorAction>> ActionsAsync(AgentId? id, int limit, string? before = null) =>
        Store.ActionsAsync(id, limit, before);

    public IAsyncEnumerable<FleetChange> WatchAsync() => Store.WatchAsync();

    public Task<IReadOnlyList<FleetSample>> HistoryAsync(TimeSpan span) => Store.HistoryAsync(span);

    public async IAsyncEnumerable<SupervisorAction> FollowAsync(AgentId? id, string? afterId)
    {
        await foreach (var action in Store.FollowAsync(id, afterId, lifetime.ApplicationStopping))
        {
            yield return action;
        }
    }

    public Task<ActionExplanation?> ExplainAsync(string? actionId, AgentId? agent) => Store.ExplainAsync(actionId, agent);

    public Task<WhatIfAnswer?> WhatIfAsync(TimeSpan timeout, string? kind) => Store.WhatIfAsync(timeout, kind);

    public Task<FleetOverview> OverviewAsync() => Store.OverviewAsync();

    /// <summary>Tells which silo answers.</summary>
    public Task<IReadOnlyList<SiloView>> SilosAsync() => Task.FromResult<IReadOnlyList<SiloView>>(
        [Samples.Silo(silo.Name, Environment.ProcessId) with { Address = silo.SiloAddress.ToParsableString() }]);

    public Task<CommandResult> KillSiloAsync(string silo, string actor) => Store.KillSiloAsync(silo, actor);

    public Task<CommandResult> DrainAsync(string silo, DrainCommand command) => Store.DrainAsync(silo, command);

    public Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync() => Store.MaintenanceAsync();

    public Task<CommandResult> MaintainAsync(MaintenanceCommand command) => Store.MaintainAsync(command);

    public Task<IReadOnlyList<KindView>> KindsAsync() => Store.KindsAsync();

    public Task<IReadOnlyList<DoctorFinding>> DoctorAsync() => Store.DoctorAsync();
}
