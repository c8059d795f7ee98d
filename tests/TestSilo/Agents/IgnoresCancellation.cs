using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Works on whoever cancels it, with beats and checkpoints, as long as its process lives.</summary>
internal sealed class IgnoresCancellation : FaultyAgent
{
    public static async Task WorkOnAsync(AgentContext context)
    {
        for (var steps = 1; ; steps++)
        {
            context.Beat(new { incarnation = context.Incarnation, steps });
            try
            {
                await context.Checkpoints.SaveAsync(new { incarnation = context.Incarnation, steps }, CancellationToken.None);
            }
            catch (Exception)
            {
                // It does not care whether it is fenced.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), context.TimeProvider, CancellationToken.None);
        }
    }

    protected override Task FailAsync(AgentContext context, CancellationToken cancellationToken) => WorkOnAsync(context);
}
