using System.Collections.Concurrent;
using OrleansHealing.Agents;
using OrleansHealing.Backends.Docker;

namespace OrleansHealing.Tests.Backends.Docker;

/// <summary>Takes note of the ends that are told.</summary>
internal sealed class NotedExits : IDockerExits
{
    public ConcurrentQueue<(AgentId Agent, long Incarnation, long ExitCode)> Told { get; } = new();

    public Task TellAsync(AgentId agent, DockerNote note, DockerContainer container, CancellationToken cancellationToken)
    {
        Told.Enqueue((agent, note.Incarnation, container.ExitCode));
        return Task.CompletedTask;
    }
}
