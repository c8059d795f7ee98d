namespace OrleansHealing.Backends.Docker;

/// <summary>The label without which no container is touched, so that a wrong name in a definition stops no database.</summary>
internal static class DockerLabel
{
    /// <summary>Its value is the id of the one agent that the container may be.</summary>
    public const string Name = "healing.agent";
}
