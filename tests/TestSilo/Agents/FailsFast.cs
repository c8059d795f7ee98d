using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Ends its process as a corrupted one does.</summary>
internal sealed class FailsFast : FaultyAgent
{
    protected override Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        Environment.FailFast("as asked");
        return Task.CompletedTask;
    }
}
