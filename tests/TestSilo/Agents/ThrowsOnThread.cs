using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Throws on a thread of its own, which ends the process.</summary>
internal sealed class ThrowsOnThread : FaultyAgent
{
    protected override Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        new Thread(() => throw new InvalidOperationException("nobody catches it")).Start();
        return Task.CompletedTask;
    }
}
