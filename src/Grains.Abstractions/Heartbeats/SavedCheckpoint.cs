using OrleansHealing.Serialization;

namespace OrleansHealing.Heartbeats;

/// <summary>A checkpoint as it is read back.</summary>
/// <param name="Incarnation">The incarnation that saved it.</param>
/// <param name="Sequence">Grows with each checkpoint of the incarnation, from 1.</param>
/// <param name="At">When it was saved, in the store's time.</param>
/// <param name="State">The state.</param>
[GenerateSerializer, Immutable, Alias("healing.SavedCheckpoint")]
public sealed record SavedCheckpoint(
    [property: Id(0)] long Incarnation,
    [property: Id(1)] long Sequence,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] JsonText State);
