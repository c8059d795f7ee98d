using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Has a step that never ends, and goes on without it when it is cancelled; its second one that never ends is its end.</summary>
internal sealed class GivesWay : FaultyAgent
{
    protected override async Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 2; i++)
        {
            try
            {
                await context.RunStepAsync(ct => Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, ct), cancellationToken);
            }
            catch (StuckException) when (i == 0)
            {
                await context.Checkpoints.SaveAsync(context.Incarnation, cancellationToken);
            }
        }
    }
}
