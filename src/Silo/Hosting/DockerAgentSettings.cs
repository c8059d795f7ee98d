using OrleansHealing.Backends.Docker;

namespace OrleansHealing.Silo.Hosting;

/// <summary>Agents that are Docker containers, as this host has them.</summary>
internal sealed class DockerAgentSettings : DockerAgentOptions
{
    /// <summary>
    /// Whether there are such agents; false by default. Whoever may spawn an agent can then stop and start the containers that have the label
    /// of the kind.
    /// </summary>
    public bool Enabled { get; set; }
}
