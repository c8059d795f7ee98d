using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>A neighbour without a fault.</summary>
internal sealed class WellBehaved : FaultyAgent
{
    protected override Task FailAsync(AgentContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}
