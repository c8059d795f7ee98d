using System.Text.Json.Serialization;
using OrleansHealing.Agents;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>One agent as people and scripts see it.</summary>
[GenerateSerializer, Immutable, Alias("healing.AgentView")]
public sealed record AgentView
{
    /// <summary>The agent's name.</summary>
    [Id(0)]
    public required AgentId Id { get; init; }

    /// <summary>What it is made from.</summary>
    [Id(1)]
    public required string Kind { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(2)]
    public required AgentStatus Status { get; init; }

    /// <summary>The incarnation that was granted last.</summary>
    [Id(3)]
    public required long Incarnation { get; init; }

    /// <summary>Failures since it was last stable.</summary>
    [Id(4)]
    public required int ConsecutiveFailures { get; init; }

    /// <summary>Incarnations granted after the first.</summary>
    [Id(5)]
    public required long TotalRestarts { get; init; }

    /// <summary>When it was last heard of; null before its first beat.</summary>
    [Id(6)]
    public DateTimeOffset? LastHeartbeatAt { get; init; }

    /// <summary>The moment after which silence means failure; null when no beat is due.</summary>
    [Id(7)]
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>When its next incarnation is due, while it is backing off.</summary>
    [Id(8)]
    public DateTimeOffset? NextRestartAt { get; init; }

    /// <summary>The name of the silo that hosts it, or hosted it last.</summary>
    [Id(9)]
    public string? Silo { get; init; }

    /// <summary>What it last showed of its progress.</summary>
    [Id(10)]
    public JsonText? Progress { get; init; }

    /// <summary>How its last failed incarnation failed.</summary>
    [Id(11)]
    public AgentFailure? LastFailure { get; init; }

    /// <summary>Its labels.</summary>
    [Id(12)]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>A fault of its records in the store, if one cannot be read; the rest of this view is then what could be.</summary>
    [Id(13), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RecordFault { get; init; }

    /// <summary>When it is resumed by itself, while it is paused with an end.</summary>
    [Id(14), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>The standing order that holds it, while it is paused by one.</summary>
    [Id(15), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MaintenanceOrder? Maintenance { get; init; }
}

/// <summary>One agent with what it was started from and what happened to it last. In JSON its view's members stand beside the others.</summary>
[GenerateSerializer, Immutable, Alias("healing.AgentDetails")]
[JsonConverter(typeof(AgentDetailsJsonConverter))]
public sealed record AgentDetails
{
    /// <summary>The agent.</summary>
    [Id(0)]
    public required AgentView Agent { get; init; }

    /// <summary>What it is started from; null when the record cannot be read.</summary>
    [Id(1)]
    public AgentDefinition? Definition { get; init; }

    /// <summary>How it is supervised, settled; null when the definition cannot be read.</summary>
    [Id(2)]
    public SupervisionPolicy? Policy { get; init; }

    /// <summary>What a person wants of it.</summary>
    [Id(3)]
    public DesiredState? Desired { get; init; }

    /// <summary>Its last actions, newest first.</summary>
    [Id(4)]
    public required IReadOnlyList<SupervisorAction> Actions { get; init; }

    /// <summary>Its checkpoints, newest first.</summary>
    [Id(5)]
    public required IReadOnlyList<CheckpointView> Checkpoints { get; init; }
}

/// <summary>One checkpoint, without what is in it.</summary>
[GenerateSerializer, Immutable, Alias("healing.CheckpointView")]
public sealed record CheckpointView
{
    /// <summary>The incarnation that wrote it.</summary>
    [Id(0)]
    public required long Incarnation { get; init; }

    /// <summary>Grows with each checkpoint of the incarnation.</summary>
    [Id(1)]
    public required long Sequence { get; init; }

    /// <summary>When it was made, in the store's time.</summary>
    [Id(2)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Its size, characters of JSON.</summary>
    [Id(3)]
    public required int Length { get; init; }
}
