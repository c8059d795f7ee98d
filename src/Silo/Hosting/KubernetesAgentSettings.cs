using OrleansHealing.Backends.Kubernetes;

namespace OrleansHealing.Silo.Hosting;

/// <summary>Agents that Kubernetes runs, as this host has them.</summary>
internal sealed class KubernetesAgentSettings : KubernetesAgentOptions
{
    /// <summary>
    /// Whether there are such agents; false by default. Whoever may spawn an agent can then have restarted what carries the label
    /// <c>healing.agent</c> in the namespaces that are allowed.
    /// </summary>
    public bool Enabled { get; set; }
}
