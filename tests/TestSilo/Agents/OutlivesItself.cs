using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>
/// Works on in its first incarnation whoever cancels it, and keeps still in every later one: what is written of it after that, the
/// first has written.
/// </summary>
internal sealed class OutlivesItself : IWorkerAgent
{
    public Task RunAsync(AgentContext context, CancellationToken cancellationToken) => context.Incarnation == 1
        ? IgnoresCancellation.WorkOnAsync(context)
        : Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken);
}
