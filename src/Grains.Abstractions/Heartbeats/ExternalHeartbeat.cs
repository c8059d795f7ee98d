using OrleansHealing.Serialization;

namespace OrleansHealing.Heartbeats;

/// <summary>A heartbeat of an agent whose body is no grain: run by a backend of one's own, or by something outside the cluster.</summary>
/// <param name="Incarnation">The incarnation that beats: the one that its backend was told to start.</param>
/// <param name="Progress">How far it is, any JSON; null leaves what was shown last.</param>
/// <param name="ExpectedSilence">For how long beyond its timeout it will not be heard of, cut to what its policy allows; null for none.</param>
[GenerateSerializer, Immutable, Alias("healing.ExternalHeartbeat")]
public sealed record ExternalHeartbeat(
    [property: Id(0)] long Incarnation,
    [property: Id(1)] JsonText? Progress = null,
    [property: Id(2)] TimeSpan? ExpectedSilence = null);
