using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Support;

/// <summary>A fleet of one agent, that writes down what it was asked and answers as it is told.</summary>
public sealed partial class FakeFleet : IFleetGrain
{
    private readonly Channel<SupervisorAction> _news = Channel.CreateUnbounded<SupervisorAction>();

    public ConcurrentQueue<string> Orders { get; } = [];

    public List<AgentQuery> Queries { get; } = [];

    /// <summary>Definitions whose faults were asked for.</summary>
    public ConcurrentQueue<AgentDefinition> Checked { get; } = [];

    /// <summary>What is wrong with any definition.</summary>
    public List<Fault> Faults { get; } = [];

    public Exception? Failure { get; set; }

    public CommandResult Result { get; set; } = CommandResult.Done("It is done.", 8);

    /// <summary>What other agents answer, or throw.</summary>
    public Dictionary<string, Func<CommandResult>> ResultOf { get; } = [];

    public bool IsEmpty { get; set; }

    public List<SupervisorAction> Log { get; } = [Sample.Action("01", ActionKind.Spawned), Sample.Action("02", ActionKind.Failed)];

    public TaskCompletionSource FollowerLeft { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Publish(SupervisorAction action) => _news.Writer.TryWrite(action);

    public void EndStream(Exception? error) => _news.Writer.Complete(error);

    public Task<CommandResult> SpawnAsync(AgentDefinition definition, string actor) =>
        Order($"spawn {definition.Id} {definition.Kind} {definition.Settings?.Json} by {actor}");

    public Task<IReadOnlyList<Fault>> CheckAsync(AgentDefinition definition)
    {
        Checked.Enqueue(definition);
        return Answer<IReadOnlyList<Fault>>(Faults);
    }

    public Task<CommandResult> CommandAsync(AgentId id, AgentCommand command) =>
        Order($"{command.Kind} {id} by {command.Actor} because {command.Reason ?? "-"}{(command.For is { } span ? $" for {span}" : "")}{(command.IfIncarnation is { } n ? $" if at {n}" : "")}", id);

    public Task<CommandResult> CrashAsync(AgentId id, CrashMode mode, string actor) => Order($"crash {id} {mode} by {actor}", id);

    public Task<CommandResult> HeartbeatAsync(AgentId id, ExternalHeartbeat heartbeat) =>
        Order($"heartbeat {id} {heartbeat.Incarnation} {heartbeat.Progress} {heartbeat.ExpectedSilence}");

    public Task<CommandResult> SaveCheckpointAsync(AgentId id, ExternalCheckpoint checkpoint) => Order($"save {id} {checkpoint.Incarnation} {checkpoint.State}");

    /// <summary>What is there to be read.</summary>
    public CheckpointReply Checkpoint { get; set; } = new(CommandResult.Done("It was read.", 7), Sample.Checkpoint);

    public async Task<CheckpointReply> LoadCheckpointAsync(AgentId id, long? incarnation)
    {
        await Order($"load {id} {incarnation}");
        return await Answer(Checkpoint);
    }

    public Task<Page<AgentView>> ListAsync(AgentQuery query)
    {
        Queries.Add(query);
        return Answer(new Page<AgentView>([Sample.Agent], "a-1"));
    }

    public Task<AgentDetails?> DescribeAsync(AgentId id) => Answer<AgentDetails?>(IsEmpty || id != Sample.Agent.Id ? null : Sample.Details);

    public Task<IReadOnlyList<SupervisorAction>> ActionsAsync(AgentId? id, int limit, string? before = null) =>
        Answer<IReadOnlyList<SupervisorAction>>(
        [
            .. Log.AsEnumerable().Reverse().Where(a => (id is null || a.AgentId == id) && (before is null || string.CompareOrdinal(a.Id, before) < 0)).Take(limit),
        ]);

    public Task<ActionExplanation?> ExplainAsync(string? actionId, AgentId? agent) =>
        Answer<ActionExplanation?>(actionId != Sample.Explanation.Action.Id || (agent is not null && agent != Sample.Agent.Id) ? null : Sample.Explanation);

    public Task<WhatIfAnswer?> WhatIfAsync(TimeSpan timeout, string? kind) =>
        Answer<WhatIfAnswer?>(kind is null or "data-processing" ? Sample.WhatIf with { TimeoutSeconds = timeout.TotalSeconds } : null);

    public Task<FleetOverview> OverviewAsync() => Answer(Sample.Overview);

    public Task<IReadOnlyList<SiloView>> SilosAsync() => Answer<IReadOnlyList<SiloView>>([Sample.Silo]);

    public Task<CommandResult> KillSiloAsync(string silo, string actor) => Order($"kill {silo} by {actor}");

    public Task<CommandResult> DrainAsync(string silo, DrainCommand command) =>
        Order($"{(command.Undo ? "undrain" : "drain")} {silo} by {command.Actor} because {command.Reason ?? "-"}");

    public Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync() => Answer<IReadOnlyList<MaintenanceOrder>>([Sample.Maintenance]);

    public Task<CommandResult> MaintainAsync(MaintenanceCommand command) => Order(
        $"{(command.End ? "resume" : "pause")} {MaintenanceOrder.ScopeOf(command.Labels)} by {command.Actor} because {command.Reason ?? "-"}{(command.For is { } span ? $" for {span}" : "")}");

    public Task<IReadOnlyList<KindView>> KindsAsync() => Answer<IReadOnlyList<KindView>>([Sample.Kind]);

    public Task<IReadOnlyList<DoctorFinding>> DoctorAsync() => Answer<IReadOnlyList<DoctorFinding>>([]);

    public Channel<FleetChange> Changes { get; set; } = Channel.CreateUnbounded<FleetChange>();

    /// <summary>How often somebody began to watch.</summary>
    public int Watchers { get; private set; }

    public IAsyncEnumerable<FleetChange> WatchAsync()
    {
        Watchers++;
        return Changes.Reader.ReadAllAsync();
    }

    public Task<IReadOnlyList<FleetSample>> HistoryAsync(TimeSpan span) => Answer<IReadOnlyList<FleetSample>>([Sample.History with { Seconds = span.TotalMinutes }]);

    IAsyncEnumerable<SupervisorAction> IFleetGrain.FollowAsync(AgentId? id, string? afterId) => FollowAsync(afterId, default);

    private async IAsyncEnumerable<SupervisorAction> FollowAsync(string? afterId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            foreach (var action in Log.Where(a => afterId is not null && string.CompareOrdinal(a.Id, afterId) > 0))
            {
                yield return action;
            }

            await foreach (var action in _news.Reader.ReadAllAsync(cancellationToken))
            {
                yield return action;
            }
        }
        finally
        {
            FollowerLeft.TrySetResult();
        }
    }

    private Task<CommandResult> Order(string order, AgentId id = default)
    {
        if (id.Value is { } name && ResultOf.TryGetValue(name, out var result))
        {
            return Task.FromResult(result());
        }

        if (Failure is null)
        {
            Orders.Enqueue(order);
        }

        return Answer(Result);
    }

    private Task<T> Answer<T>(T value) => Failure is { } failure ? Task.FromException<T>(failure) : Task.FromResult(value);
}
