using OrleansHealing.Serialization;

namespace OrleansHealing.Heartbeats;

/// <summary>A checkpoint of an agent whose work is done outside of its silo's process, as it is saved.</summary>
/// <param name="Incarnation">The incarnation that saves it.</param>
/// <param name="State">The state, any JSON but null.</param>
[GenerateSerializer, Immutable, Alias("healing.ExternalCheckpoint")]
public sealed record ExternalCheckpoint(
    [property: Id(0)] long Incarnation,
    [property: Id(1)] JsonText State);
