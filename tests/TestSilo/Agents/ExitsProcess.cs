using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Ends its process in what it takes for good order.</summary>
internal sealed class ExitsProcess : FaultyAgent
{
    protected override Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        Environment.Exit(3);
        return Task.CompletedTask;
    }
}
