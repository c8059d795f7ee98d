using OrleansHealing.Agents.Processes;

namespace OrleansHealing.Silo.Hosting;

/// <summary>Agents that are processes, as this host has them.</summary>
internal sealed class ProcessAgentSettings : ProcessAgentOptions
{
    /// <summary>
    /// Whether there are such agents; false by default. Whoever may spawn an agent, or reaches the gateway or the store, can then run
    /// any program as the user of the silo.
    /// </summary>
    public bool Enabled { get; set; }
}
