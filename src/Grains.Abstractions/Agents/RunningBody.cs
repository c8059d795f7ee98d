namespace OrleansHealing.Agents;

/// <summary>A body that runs and that the store does not know, as its grain tells of it.</summary>
/// <param name="Definition">What it was started from.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="Claim">How it claims it.</param>
/// <param name="FirstIncarnation">The first of the agent's incarnations.</param>
[GenerateSerializer, Immutable, Alias("healing.RunningBody")]
public sealed record RunningBody(
    [property: Id(0)] AgentDefinition Definition,
    [property: Id(1)] long Incarnation,
    [property: Id(2)] string Claim,
    [property: Id(3)] long FirstIncarnation);
