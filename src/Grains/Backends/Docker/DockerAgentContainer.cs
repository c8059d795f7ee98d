namespace OrleansHealing.Backends.Docker;

/// <summary>A container that may be an agent.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Agent">The agent that its label names.</param>
internal readonly record struct DockerAgentContainer(string Id, string? Agent);
