using Microsoft.Extensions.Logging;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>What one incarnation of an agent may know and do. Safe to use from any thread of the body.</summary>
public abstract class AgentContext
{
    /// <summary>The agent's id; the same for every incarnation.</summary>
    public abstract AgentId Id { get; }

    /// <summary>The registered name that the agent was made by.</summary>
    public abstract string Kind { get; }

    /// <summary>The number of this start, granted by the supervisor; grows with each one and never repeats.</summary>
    public abstract long Incarnation { get; }

    /// <summary>The number of the agent's first start. With the id it tells this agent from an earlier one of the same name.</summary>
    public abstract long FirstIncarnation { get; }

    /// <summary>Why the incarnation before this one ended; null on a first start or after a planned stop.</summary>
    public abstract AgentFailure? PreviousFailure { get; }

    /// <summary>The settings of the definition.</summary>
    public abstract AgentSettings Settings { get; }

    /// <summary>The labels of the definition.</summary>
    public abstract IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>How this incarnation is supervised: the definition's policy over the kind's over the fleet's.</summary>
    public abstract SupervisionPolicy Policy { get; }

    /// <summary>Load and save of checkpoints, fenced by the incarnation.</summary>
    public abstract ICheckpoints Checkpoints { get; }

    /// <summary>A logger whose scope carries the agent's id and incarnation.</summary>
    public abstract ILogger Logger { get; }

    /// <summary>Services of the silo, in a scope of this incarnation.</summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>The time to use instead of the wall clock.</summary>
    public abstract TimeProvider TimeProvider { get; }

    /// <summary>The randomness to use instead of a shared one.</summary>
    public abstract Random Random { get; }

    /// <summary>
    /// A key for effects in the outside world that must not happen twice: <c>agent/first incarnation/step</c>. The same step has
    /// the same key in every incarnation, so that the other side knows a step that is done again because it was not in the
    /// checkpoint. Name steps by what they do (<c>invoice-4711</c>), not by when. A side that can order writers should be given
    /// <see cref="Incarnation"/> as well, and refuse a lower one than it has seen.
    /// </summary>
    public string IdempotencyKey(string step) => $"{Id}/{FirstIncarnation}/{step}";

    /// <summary>
    /// Asks the store whether this incarnation is still the current one, for the moment before an effect that cannot be taken
    /// back. One round trip. It narrows the time in which a body that was given up can still act; it does not close it, since
    /// the next incarnation may be granted right after the answer.
    /// </summary>
    /// <exception cref="FencedException">It is not: a newer one was granted, or the agent was stopped.</exception>
    /// <exception cref="Fleet.StoreUnavailableException">The store did not answer; nothing is known.</exception>
    public abstract Task EnsureCurrentAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Says "I got on, this far": restarts the progress timeout and shows <paramref name="progress"/> in the fleet. Costs no
    /// I/O and never blocks or throws: the newest value is sent with the next batch of heartbeats.
    /// </summary>
    /// <param name="progress">
    /// Anything that System.Text.Json can write; keep it small (a few hundred bytes). What it cannot write, or what is longer than
    /// the fleet shows, counts as progress and is shown as a note that says so.
    /// </param>
    public abstract void Beat<T>(T progress);

    /// <summary>Says "I got on", with the progress that was last shown.</summary>
    public abstract void Beat();

    /// <summary>
    /// Announces that no progress will be heard for up to <paramref name="span"/>, for a long model call or batch: within it
    /// the lack of <see cref="Beat()"/> is not acted on. Loss of life (silo, grain) still is. Dispose when the call is over; several
    /// may be open at once, and the latest end holds.
    /// </summary>
    /// <param name="span">More than zero; cut to <see cref="SupervisionPolicy.MaxExpectedSilence"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="span"/> is not positive.</exception>
    public abstract IDisposable ExpectSilence(TimeSpan span);

    /// <summary>
    /// Runs one step of the work (a model call, a page, a file) so that it alone can be given up. When the progress timeout passes
    /// in it, its token fires before anything else is ended; a body that catches the <see cref="StuckException"/> goes on, and has
    /// as much time again. The next lack of progress without a step that ended by itself in between ends the incarnation.
    /// That a step ends counts as progress; that it begins does not.
    /// </summary>
    /// <param name="step">The step, with the token that it should heed.</param>
    /// <param name="ceiling">
    /// How long it may take, however much progress it shows and whatever silence it announces: at its end the token fires, and
    /// when the step ignores that for <see cref="SupervisionPolicy.StopGrace"/>, the incarnation is ended as stuck. Null: no limit.
    /// </param>
    /// <param name="cancellationToken">The body's.</param>
    /// <exception cref="StuckException">It was cancelled alone. Not caught, it ends the body, which is then judged as stuck.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ceiling"/> is not positive.</exception>
    public abstract Task<T> RunStepAsync<T>(Func<CancellationToken, Task<T>> step, TimeSpan? ceiling, CancellationToken cancellationToken);

    /// <inheritdoc cref="RunStepAsync{T}(Func{CancellationToken, Task{T}}, TimeSpan?, CancellationToken)"/>
    public Task RunStepAsync(Func<CancellationToken, Task> step, TimeSpan? ceiling, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(step);
        return RunStepAsync(
            async token =>
            {
                await step(token);
                return true;
            },
            ceiling,
            cancellationToken);
    }

    /// <inheritdoc cref="RunStepAsync{T}(Func{CancellationToken, Task{T}}, TimeSpan?, CancellationToken)"/>
    public Task<T> RunStepAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken) =>
        RunStepAsync(step, ceiling: null, cancellationToken);

    /// <inheritdoc cref="RunStepAsync{T}(Func{CancellationToken, Task{T}}, TimeSpan?, CancellationToken)"/>
    public Task RunStepAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken) =>
        RunStepAsync(step, ceiling: null, cancellationToken);
}
