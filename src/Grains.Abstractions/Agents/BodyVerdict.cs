namespace OrleansHealing.Agents;

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
