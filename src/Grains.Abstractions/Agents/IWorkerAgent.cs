namespace OrleansHealing.Agents;

/// <summary>
/// What the author of an agent writes. One instance is made for each incarnation, from the host's services; nothing of it
/// outlives the incarnation except what it checkpointed. It is disposed of after <see cref="RunAsync"/> has ended, if it is
/// <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.
/// </summary>
/// <remarks>
/// <para>The contract of <see cref="RunAsync"/>, by how it ends:</para>
/// <list type="bullet">
/// <item><b>It returns</b>: the work is done. A <c>transient</c> or <c>temporary</c> agent is <c>completed</c>; a
/// <c>permanent</c> one is meant to be always at work, so it is started again like one that exited.</item>
/// <item><b>It throws</b>: it crashed. The supervisor is told at once and starts the next incarnation after the backoff.
/// <see cref="FatalAgentException"/> says that no restart can help, <see cref="RetryAfterException"/> when one can.</item>
/// <item><b>It throws <see cref="OperationCanceledException"/> after <c>cancellationToken</c> fired</b>: it stopped as asked,
/// no failure.</item>
/// <item><b>It ignores cancellation</b>: after the grace (<see cref="Supervision.SupervisionPolicy.StopGrace"/>) the body is
/// abandoned and counted. It can still burn a thread, but every heartbeat and checkpoint that it writes is refused by its
/// incarnation. What it does to the outside world cannot be taken back: give such calls <see cref="AgentContext.IdempotencyKey"/>.</item>
/// <item><b>It never gets on</b>: its grain goes on beating for it, so this is noticed only where a progress timeout is set
/// and by the lack of <see cref="AgentContext.Beat{T}(T)"/>.</item>
/// </list>
/// <para><see cref="RunAsync"/> runs on the thread pool, off the grain's scheduler; it may block without hurting the grain.</para>
/// </remarks>
public interface IWorkerAgent
{
    /// <summary>Does the agent's work, from the last checkpoint if there is one, until it is done or cancelled.</summary>
    /// <param name="context">What this incarnation may know and do.</param>
    /// <param name="cancellationToken">Fires when the incarnation is stopped, given up as stuck, replaced or fenced. Until the grace is over it may still save, unless it is fenced.</param>
    Task RunAsync(AgentContext context, CancellationToken cancellationToken);
}
