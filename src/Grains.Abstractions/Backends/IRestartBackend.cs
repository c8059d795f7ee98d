using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Backends;

/// <summary>
/// What starts and stops the incarnations of some kinds of agents. The supervisor has committed a grant before it calls, so a
/// backend that fails, lies or never returns costs time and no consistency: without a first heartbeat within the start-up
/// grace, the start has failed. Register one of your own with <c>healing.AddBackend&lt;T&gt;("kind")</c>. What it starts beats
/// with <see cref="Fleet.IFleetGrain.HeartbeatAsync"/> or <c>POST /api/v1/agents/{id}/heartbeat</c>, under the incarnation of the order.
/// </summary>
public interface IRestartBackend
{
    /// <summary>
    /// Starts the incarnation, ending an older one first if it can. Must be idempotent: the same order may come again.
    /// </summary>
    /// <exception cref="Exception">It cannot be started; counted as a failed start with the exception's message.</exception>
    Task StartAsync(AgentStart start, CancellationToken cancellationToken);

    /// <summary>
    /// Stops the incarnation and anything older: cancel, wait for the grace, abandon. Must be idempotent. The incarnation is
    /// fenced already.
    /// </summary>
    Task StopAsync(AgentStop stop, CancellationToken cancellationToken);
}

/// <summary>The order to start one incarnation.</summary>
[GenerateSerializer, Immutable, Alias("healing.AgentStart")]
public sealed record AgentStart
{
    /// <summary>What to start.</summary>
    [Id(0)]
    public required AgentDefinition Definition { get; init; }

    /// <summary>Its supervision, settled.</summary>
    [Id(1)]
    public required SupervisionPolicy Policy { get; init; }

    /// <summary>The incarnation that was granted.</summary>
    [Id(2)]
    public required long Incarnation { get; init; }

    /// <summary>Why the one before it ended, if it failed.</summary>
    [Id(3)]
    public AgentFailure? PreviousFailure { get; init; }

    /// <summary>Which checkpoint it begins with.</summary>
    [Id(4)]
    public CheckpointChoice StartFrom { get; init; }

    /// <summary>A silo, by its address, on which the agent failed again and again and should not be started if there is another; null for none.</summary>
    [Id(5)]
    public string? AvoidHost { get; init; }

    /// <summary>The agent's first incarnation; the same for all of its starts.</summary>
    [Id(6)]
    public long FirstIncarnation { get; init; }

    /// <summary>
    /// The span of this order as a W3C <c>traceparent</c>, for whatever is started to go on from; null when nobody traces.
    /// </summary>
    [Id(7)]
    public string? TraceParent { get; init; }
}

/// <summary>The order to stop an agent.</summary>
/// <param name="AgentId">Which.</param>
/// <param name="Kind">Its kind, which says the backend.</param>
/// <param name="Incarnation">The newest incarnation to stop.</param>
[GenerateSerializer, Immutable, Alias("healing.AgentStop")]
public sealed record AgentStop(
    [property: Id(0)] AgentId AgentId,
    [property: Id(1)] string Kind,
    [property: Id(2)] long Incarnation);
