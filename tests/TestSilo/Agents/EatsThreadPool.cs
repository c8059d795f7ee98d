using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>
/// Blocks every thread of the pool, and as many as come after them: as many work items in the common queue as <c>items</c> says,
/// 500 by default, that never end.
/// </summary>
internal sealed class EatsThreadPool : FaultyAgent
{
    public const string Items = "items";

    protected override async Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        var items = context.Settings.GetInt64(Items, 500);
        for (var i = 0; i < items; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Thread.CurrentThread.Join(), null);
        }

        await Task.Yield();
    }
}
