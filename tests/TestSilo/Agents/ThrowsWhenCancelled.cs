using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>What it registered for its cancellation throws, and so does its body when it is cancelled.</summary>
internal sealed class ThrowsWhenCancelled : FaultyAgent
{
    protected override async Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(() => throw new InvalidOperationException("not now"));
        try
        {
            await WorkAsync(context, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException("not like this");
        }
    }
}
