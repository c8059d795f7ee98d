using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Gets stuck with work in its hands, and saves it when it is cancelled. The next incarnation shows what it loaded.</summary>
internal sealed class SavesWhenGivenUp : IWorkerAgent
{
    public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
    {
        if (await context.Checkpoints.LoadAsync<string>(cancellationToken) is { } saved)
        {
            while (true)
            {
                context.Beat(new { saved });
                await Task.Delay(TimeSpan.FromMilliseconds(100), context.TimeProvider, cancellationToken);
            }
        }

        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken);
        }
        finally
        {
            await context.Checkpoints.SaveAsync($"by incarnation {context.Incarnation}", CancellationToken.None);
        }
    }
}
