using OrleansHealing.Supervision;

namespace OrleansHealing.Heartbeats;

/// <summary>The answer to who asked for a checkpoint.</summary>
/// <param name="Result">Whether it could be read, and why not.</param>
/// <param name="Checkpoint">The checkpoint; null when none was saved, or the incarnation has to begin without one.</param>
[GenerateSerializer, Immutable, Alias("healing.CheckpointReply")]
public sealed record CheckpointReply(
    [property: Id(0)] CommandResult Result,
    [property: Id(1)] SavedCheckpoint? Checkpoint = null);
