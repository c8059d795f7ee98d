using System.Text.Json.Serialization;
using OrleansHealing.Agents;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>What the supervisor did or saw.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<ActionKind>))]
public enum ActionKind
{
    /// <summary>A new agent was taken on and its first incarnation granted.</summary>
    Spawned,

    /// <summary>An incarnation failed.</summary>
    Failed,

    /// <summary>The next restart was put off.</summary>
    BackingOff,

    /// <summary>The next incarnation was granted.</summary>
    Restarting,

    /// <summary>The new incarnation's first heartbeat was accepted.</summary>
    Recovered,

    /// <summary>Healthy for the stable time: its failures were forgotten.</summary>
    Stabilized,

    /// <summary>Given up on.</summary>
    Quarantined,

    /// <summary>Let out of quarantine by a person.</summary>
    Released,

    /// <summary>Paused: by a person, or by a standing order that covers it.</summary>
    Paused,

    /// <summary>Resumed: by a person, or since the time of its pause is over.</summary>
    Resumed,

    /// <summary>Left alone after its end, as its restart policy says.</summary>
    Stopped,

    /// <summary>It did its work.</summary>
    Completed,

    /// <summary>Stopped and forgotten by a person.</summary>
    Removed,

    /// <summary>What was lost or damaged of it was put right.</summary>
    Repaired,

    /// <summary>It failed again and again right after one checkpoint, and is started from the one before, or from nothing.</summary>
    CheckpointSkipped,

    /// <summary>From here on silence is judged by nobody for a while: the supervisor could not hear everybody. About the whole partition.</summary>
    HoldBegan,

    /// <summary>Everybody could be heard for a full timeout; silence is judged again. About the whole partition.</summary>
    HoldEnded,

    /// <summary>So many fell silent at once that the detector is distrusted. About the whole partition.</summary>
    PanicBegan,

    /// <summary>Few are silent; restarts go on at the fleet's usual rate. About the whole partition.</summary>
    PanicEnded,
}

/// <summary>One decision of the supervisor, with its inputs and a sentence that says why.</summary>
[GenerateSerializer, Immutable, Alias("healing.SupervisorAction")]
public sealed record SupervisorAction
{
    /// <summary>Unique, and sorts by time.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>When it was decided, in the store's time.</summary>
    [Id(1)]
    public required DateTimeOffset At { get; init; }

    /// <summary>The agent it is about; null when it is about all of a partition.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required AgentId? AgentId { get; init; }

    /// <summary>What was done.</summary>
    [Id(3)]
    public required ActionKind Action { get; init; }

    /// <summary>The incarnation it is about; 0 when it is about no agent.</summary>
    [Id(4)]
    public required long Incarnation { get; init; }

    /// <summary>The sort of failure or order behind it, one word.</summary>
    [Id(5)]
    public required string Reason { get; init; }

    /// <summary>Why, in a sentence with the numbers it was decided on.</summary>
    [Id(6)]
    public required string Details { get; init; }

    /// <summary>Failures in a row after it.</summary>
    [Id(7)]
    public required int ConsecutiveFailures { get; init; }

    /// <summary>The wait that was decided, seconds.</summary>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BackoffSeconds { get; init; }

    /// <summary>From the failure (or the missed deadline) to its detection, seconds.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? DetectSeconds { get; init; }

    /// <summary>The name of the silo that hosts, or hosted, the incarnation.</summary>
    [Id(10), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Silo { get; init; }
}
