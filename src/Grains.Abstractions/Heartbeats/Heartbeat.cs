using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// "This incarnation is alive, this far along, and will be heard again within the promise." The record is written when
/// something in it but the time changed; the deadline, in the sorted set, moves with every beat.
/// </summary>
[GenerateSerializer, Immutable, Alias("healing.Heartbeat")]
public sealed record Heartbeat
{
    /// <summary>The incarnation that beats.</summary>
    [Id(0)]
    public required long Incarnation { get; init; }

    /// <summary>Grows with each record of the incarnation.</summary>
    [Id(1)]
    public required long Sequence { get; init; }

    /// <summary>When this record was made, in the store's time.</summary>
    [Id(2)]
    public required DateTimeOffset At { get; init; }

    /// <summary>From a beat to its deadline, seconds.</summary>
    [Id(3)]
    public required double PromiseSeconds { get; init; }

    /// <summary>Until when lack of progress has been announced, if it is.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? SilentUntil { get; init; }

    /// <summary>The silo that hosts the incarnation: its address, as Orleans writes it parsably.</summary>
    [Id(5)]
    public required string Host { get; init; }

    /// <summary>What the agent last showed of its progress.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonText? Progress { get; init; }

    /// <summary>When the body last said that it got on.</summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ProgressAt { get; init; }

    /// <summary>What it did with checkpoints; null when it neither loaded nor saved one.</summary>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CheckpointUse? Checkpoint { get; init; }
}
