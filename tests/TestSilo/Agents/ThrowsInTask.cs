using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Starts tasks that throw and that nobody awaits, and has the collector find them.</summary>
internal sealed class ThrowsInTask : FaultyAgent
{
    protected override async Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 10; i++)
        {
            _ = Task.Run(() => throw new InvalidOperationException("nobody looks"), cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(20), context.TimeProvider, cancellationToken);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
