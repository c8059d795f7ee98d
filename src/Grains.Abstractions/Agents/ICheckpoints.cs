namespace OrleansHealing.Agents;

/// <summary>
/// The checkpoints of one agent: the newest few are kept (3 by default). What was saved survives the death of the agent, of
/// every silo, and of the store's process as far as the store is durable.
/// </summary>
public interface ICheckpoints
{
    /// <summary>
    /// Reads the newest checkpoint, whichever incarnation wrote it. One round trip; while the store is out of reach it waits, and
    /// that wait is no lack of progress.
    /// </summary>
    /// <returns>The value, or null (default) when nothing was saved yet.</returns>
    /// <exception cref="CheckpointException">The newest record cannot be read as <typeparamref name="T"/>.</exception>
    Task<T?> LoadAsync<T>(CancellationToken cancellationToken = default);

    /// <summary>
    /// Saves <paramref name="state"/> as the newest checkpoint, if this incarnation is still the current one. When it returns,
    /// the store has accepted the write. One round trip; idempotent in effect, since a repeated save only repeats the state. While
    /// the store is out of reach it waits, and that wait is no lack of progress: an outage is no fault of the agent.
    /// </summary>
    /// <exception cref="CheckpointException">The state is longer than the fleet takes (1 MiB of JSON by default).</exception>
    /// <exception cref="NotSupportedException">System.Text.Json cannot write <typeparamref name="T"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired; whether it was saved is not known.</exception>
    /// <exception cref="FencedException">A newer incarnation was granted; nothing was written, stop working.</exception>
    Task SaveAsync<T>(T state, CancellationToken cancellationToken = default);
}
