using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Awaits what never comes; it leaves when it is cancelled.</summary>
internal sealed class AwaitsForEver : FaultyAgent
{
    protected override Task FailAsync(AgentContext context, CancellationToken cancellationToken) =>
        new TaskCompletionSource().Task.WaitAsync(cancellationToken);
}
