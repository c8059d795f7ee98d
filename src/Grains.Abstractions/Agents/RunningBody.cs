namespace OrleansHealing.Agents;

/// <summary>A body that runs and that the store does not know, as its grain tells of it.</summary>
/// <param name="Definition">What it was started from.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="Claim">How it claims it.</param>
[GenerateSerializer, Immutable, Alias("healing.RunningBody")]
public sealed record RunningBody(
    [property: Id(0)] AgentDefinition Definition,
    [property: Id(1)] long Incarnation,
    [property: Id(2)] string Claim);

/// <summary>What becomes of a running body that the store does not know.</summary>
[GenerateSerializer, Alias("healing.BodyVerdict")]
public enum BodyVerdict
{
    /// <summary>It is fenced, and has to stop.</summary>
    Fenced,

    /// <summary>It is the incarnation: it goes on, and claims it anew.</summary>
    GoesOn,

    /// <summary>Somebody else changed the agent meanwhile; it has to ask again.</summary>
    AskAgain,
}
