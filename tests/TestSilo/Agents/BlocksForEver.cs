using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Blocks its thread on what never comes, and hears of no cancellation.</summary>
internal sealed class BlocksForEver : FaultyAgent
{
    protected override Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        new ManualResetEventSlim().Wait(CancellationToken.None);
        return Task.CompletedTask;
    }
}
