using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>
/// The door to the fleet for consoles and web pages: reads go straight to the store from whichever silo answers, commands go
/// to the supervisor of the agent. Without state; any key goes, and each caller takes one of its own
/// (<see cref="FleetGrains.GetFleet"/>), so that no activation is a bottleneck for all.
/// </summary>
[Alias("healing.IFleetGrain")]
public interface IFleetGrain : IGrainWithIntegerKey
{
    /// <summary>Checks a definition and spawns it. Every fault is named at once; nothing is changed when there is one.</summary>
    [Alias("spawn")]
    Task<CommandResult> SpawnAsync(AgentDefinition definition, string actor);

    /// <summary>Every fault of a definition, of which nothing is spawned; whether there is such an agent already is not looked at.</summary>
    [Alias("check")]
    Task<IReadOnlyList<Fault>> CheckAsync(AgentDefinition definition);

    /// <summary>Carries out a person's order on an agent.</summary>
    [Alias("command")]
    Task<CommandResult> CommandAsync(AgentId id, AgentCommand command);

    /// <summary>Forces a failure on a running agent.</summary>
    [Alias("crash")]
    Task<CommandResult> CrashAsync(AgentId id, CrashMode mode, string actor);

    /// <summary>
    /// Drains a silo: its agents are moved one after the other, with no failure counted, and it is given no other. Or takes that
    /// back. Given again it changes nothing. Refused where nobody would be left to take the agents.
    /// </summary>
    /// <param name="silo">Its name or its address.</param>
    /// <param name="command">Who, why, and whether it is taken back.</param>
    [Alias("drain")]
    Task<CommandResult> DrainAsync(string silo, DrainCommand command);

    /// <summary>
    /// Kills a silo's process, as kill -9 does, to see its agents come back on another. It dies a moment after the answer.
    /// </summary>
    /// <param name="silo">Its name or its address.</param>
    /// <param name="actor">Who.</param>
    [Alias("kill-silo")]
    Task<CommandResult> KillSiloAsync(string silo, string actor);

    /// <summary>
    /// Takes a heartbeat of an agent whose body is no grain. The first of an incarnation is its recovery. A conflict means that it
    /// is fenced: whoever sent it is a zombie and must stop. Of a process that a grain's body runs it says that it gets on.
    /// </summary>
    [Alias("heartbeat")]
    Task<CommandResult> HeartbeatAsync(AgentId id, ExternalHeartbeat heartbeat);

    /// <summary>
    /// Saves a checkpoint of an agent whose work is done outside of its silo's process, if its incarnation is the current one. A
    /// conflict means that it is fenced: whoever sent it is a zombie and must stop.
    /// </summary>
    [Alias("save-checkpoint")]
    Task<CommandResult> SaveCheckpointAsync(AgentId id, ExternalCheckpoint checkpoint);

    /// <summary>Reads the newest checkpoint of an agent, or the one that its incarnation has to begin with.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="incarnation">Who asks, which conflicts when it is not the current one; null for somebody who only looks.</param>
    [Alias("load-checkpoint")]
    Task<CheckpointReply> LoadCheckpointAsync(AgentId id, long? incarnation);

    /// <summary>A page of agents.</summary>
    [Alias("list")]
    Task<Page<AgentView>> ListAsync(AgentQuery query);

    /// <summary>One agent; null when there is none of this id.</summary>
    [Alias("describe")]
    Task<AgentDetails?> DescribeAsync(AgentId id);

    /// <summary>Actions that the log still holds, newest first: the fleet's, or one agent's.</summary>
    /// <param name="id">Whose; null for the fleet's.</param>
    /// <param name="limit">At most so many, 1 to <see cref="AgentQuery.MaxLimit"/>.</param>
    /// <param name="before">Those that are older than the action of this id, whether the log still holds it or not; null for the newest.</param>
    [Alias("actions")]
    Task<IReadOnlyList<SupervisorAction>> ActionsAsync(AgentId? id, int limit, string? before = null);

    /// <summary>
    /// Decides again what was decided, on what was recorded of it; null when the log has no such action. What is recorded is
    /// the last decisions of each agent, and of a removed one for a day.
    /// </summary>
    /// <param name="actionId">The action's id; null for the newest of <paramref name="agent"/>.</param>
    /// <param name="agent">Whose log to look in as well, which reaches further back than the fleet's; null when it is not known.</param>
    [Alias("explain")]
    Task<ActionExplanation?> ExplainAsync(string? actionId, AgentId? agent);

    /// <summary>
    /// What another timeout would have meant, by the heartbeats and failures that were recorded. Null when there is no such kind.
    /// </summary>
    /// <param name="timeout">The timeout to ask about.</param>
    /// <param name="kind">Of this kind alone; null for each.</param>
    [Alias("what-if")]
    Task<WhatIfAnswer?> WhatIfAsync(TimeSpan timeout, string? kind);

    /// <summary>
    /// Actions as they happen, oldest first: those after the action <paramref name="afterId"/> that the log still holds, then
    /// the new ones until the caller stops reading. Null starts with what comes next.
    /// </summary>
    [Alias("follow")]
    IAsyncEnumerable<SupervisorAction> FollowAsync(AgentId? id, string? afterId);

    /// <summary>
    /// The whole fleet and what changes in it, about twice a second, until the caller stops reading. Meant for one reader a process,
    /// which passes it on: it reads the schedule of all agents once a second.
    /// </summary>
    [Alias("watch")]
    IAsyncEnumerable<FleetChange> WatchAsync();

    /// <summary>What the fleet did lately, oldest first, in stretches of about ten seconds. Three hours are kept.</summary>
    /// <param name="span">How far back.</param>
    [Alias("history")]
    Task<IReadOnlyList<FleetSample>> HistoryAsync(TimeSpan span);

    /// <summary>The fleet in numbers.</summary>
    [Alias("overview")]
    Task<FleetOverview> OverviewAsync();

    /// <summary>The silos that are there, and those that died lately.</summary>
    [Alias("silos")]
    Task<IReadOnlyList<SiloView>> SilosAsync();

    /// <summary>The standing orders that agents rest, those that are over left out.</summary>
    [Alias("maintenance")]
    Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync();

    /// <summary>
    /// Gives a standing order that agents rest, in place of one of the same scope, or ends it. It holds also for agents that come
    /// while it stands. When it ends, those are resumed that no other order holds.
    /// </summary>
    [Alias("maintain")]
    Task<CommandResult> MaintainAsync(MaintenanceCommand command);

    /// <summary>The kinds that can be spawned.</summary>
    [Alias("kinds")]
    Task<IReadOnlyList<KindView>> KindsAsync();

    /// <summary>What this silo and its store would warn an operator of.</summary>
    [Alias("doctor")]
    Task<IReadOnlyList<DoctorFinding>> DoctorAsync();
}
