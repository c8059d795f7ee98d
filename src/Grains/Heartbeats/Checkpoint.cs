using OrleansHealing.Serialization;

namespace OrleansHealing.Heartbeats;

/// <summary>One saved checkpoint.</summary>
internal sealed record Checkpoint
{
    /// <summary>The incarnation that wrote it.</summary>
    public required long Incarnation { get; init; }

    /// <summary>Grows with each checkpoint of the incarnation, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was made, in the store's time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The author's state.</summary>
    public required JsonText State { get; init; }
}
