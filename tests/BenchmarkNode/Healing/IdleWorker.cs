using OrleansHealing.Agents;

namespace OrleansHealing.BenchmarkNode.Healing;

/// <summary>Does nothing; its grain beats for it.</summary>
internal sealed class IdleWorker : IWorkerAgent
{
    public Task RunAsync(AgentContext context, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
}
