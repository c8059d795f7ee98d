using OrleansHealing.Agents;

namespace OrleansHealing.Backends.Docker;

/// <summary>Tells the store of incarnations whose container has ended.</summary>
internal interface IDockerExits
{
    /// <summary>Tells of the one of the note, unless that is known or it is no longer the agent's. It may be told again.</summary>
    Task TellAsync(AgentId agent, DockerNote note, DockerContainer container, CancellationToken cancellationToken);
}
