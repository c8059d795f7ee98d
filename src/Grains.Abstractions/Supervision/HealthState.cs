using System.Text.Json.Serialization;
using OrleansHealing.Agents;

namespace OrleansHealing.Supervision;

/// <summary>The supervisor's record of one agent. It is the whole memory of the supervisor: any silo can go on from it.</summary>
[GenerateSerializer, Immutable, Alias("healing.HealthState")]
public sealed record HealthState
{
    /// <summary>The agent.</summary>
    [Id(0)]
    public required AgentId AgentId { get; init; }

    /// <summary>Where it stands; never <see cref="AgentStatus.Stale"/>, which is worked out.</summary>
    [Id(1)]
    public required AgentStatus Status { get; init; }

    /// <summary>The incarnation that was granted last.</summary>
    [Id(2)]
    public required long Incarnation { get; init; }

    /// <summary>Failures since it was last stable.</summary>
    [Id(3)]
    public int ConsecutiveFailures { get; init; }

    /// <summary>Incarnations granted after the first, planned ones included.</summary>
    [Id(4)]
    public long TotalRestarts { get; init; }

    /// <summary>Since when it has this status, in the store's time.</summary>
    [Id(5)]
    public required DateTimeOffset Since { get; init; }

    /// <summary>When its next incarnation is due, while it is backing off.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NextRestartAt { get; init; }

    /// <summary>When the supervisor looks at it again without being told: for the first beat, or for the end of the stable time or of a pause.</summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NextLookAt { get; init; }

    /// <summary>How its last failed incarnation failed.</summary>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentFailure? LastFailure { get; init; }

    /// <summary>What a person wants of it.</summary>
    [Id(9)]
    public required DesiredState Desired { get; init; }

    /// <summary>When the outage that is not over yet began; null while it is healthy, or down on purpose.</summary>
    [Id(10), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>Which checkpoint its next incarnation is started from.</summary>
    [Id(11), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public CheckpointChoice StartFrom { get; init; }

    /// <summary>Failures in a row right after that checkpoint was loaded.</summary>
    [Id(12), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int FailuresAtCheckpoint { get; init; }

    /// <summary>How often in a row its silo was lost before it was stable.</summary>
    [Id(14), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int LostInARow { get; init; }

    /// <summary>Whether it waits for its turn among the restarts of the fleet, and needs no other when the wait is over.</summary>
    [Id(13), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasTurn { get; init; }

    /// <summary>What its restart waits for beyond its own backoff, while it is backing off.</summary>
    [Id(15), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RestartHold Hold { get; init; }

    /// <summary>
    /// Whether this incarnation was started alone, because the silos that it was on died: if its silo dies in the probation, no
    /// other agent can have done it.
    /// </summary>
    [Id(16), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsOnTrial { get; init; }

    /// <summary>What it was told to wait for, and shares with whoever was told the same.</summary>
    [Id(17), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Breaker { get; init; }

    /// <summary>The host on which it last failed of its own.</summary>
    [Id(18), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FailedOn { get; init; }

    /// <summary>Failures in a row on that host.</summary>
    [Id(19), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int FailuresThere { get; init; }

    /// <summary>The incarnation that was granted first.</summary>
    [Id(20), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long FirstIncarnation { get; init; }

    /// <summary>
    /// Which restart of its group its incarnation belongs to. A member with a higher number has failed since, and those that are
    /// started again with it are those with a lower one.
    /// </summary>
    [Id(21), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long GroupRound { get; init; }

    /// <summary>When it lately failed as a member of a group, oldest first.</summary>
    [Id(22), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DateTimeOffset>? GroupFailures { get; init; }

    /// <summary>The standing order that holds it, while it is paused by one.</summary>
    [Id(23), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MaintenanceOrder? Maintenance { get; init; }

    /// <summary>Whether an incarnation has been granted that should be beating.</summary>
    [JsonIgnore]
    public bool IsPromised => Status is AgentStatus.Starting or AgentStatus.Healthy or AgentStatus.Restarting;
}
