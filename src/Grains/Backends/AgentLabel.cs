namespace OrleansHealing.Backends;

/// <summary>The label without which no container, pod or workload is touched, so that a wrong name in a definition stops no database.</summary>
internal static class AgentLabel
{
    /// <summary>Its value is the id of the one agent that the thing may be.</summary>
    public const string Name = "healing.agent";
}
