using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Cannot be made.</summary>
internal sealed class ThrowsInConstructor : IWorkerAgent
{
    public ThrowsInConstructor() => throw new InvalidOperationException("no room for it");

    public Task RunAsync(AgentContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}
