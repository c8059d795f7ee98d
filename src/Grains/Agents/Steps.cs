using System.Diagnostics.CodeAnalysis;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>
/// The steps that a body has open: what is cancelled first when it makes no progress, so that what it did before the step is not
/// given up with it.
/// </summary>
/// <param name="promise">Told when a step ends.</param>
/// <param name="policy">How long a step may take to give way.</param>
/// <param name="clock">The store's time.</param>
/// <param name="time">Of ceilings.</param>
/// <param name="giveUp">Ends the incarnation of which a step ignores its cancellation.</param>
internal sealed class Steps(Promise promise, SupervisionPolicy policy, Heartbeats.StoreClock clock, TimeProvider time, Func<string, Task> giveUp)
{
    private readonly Lock _lock = new();
    private readonly List<Step> _open = [];

    /// <summary>Whether a step is open.</summary>
    public bool HasOpen
    {
        get
        {
            lock (_lock)
            {
                return _open.Count > 0;
            }
        }
    }

    /// <inheritdoc cref="AgentContext.RunStepAsync{T}(Func{CancellationToken, Task{T}}, TimeSpan?, CancellationToken)"/>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, TimeSpan? ceiling, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var step = new Step(cancellationToken);
        lock (_lock)
        {
            _open.Add(step);
        }

        using var timer = ceiling is { } most ? time.CreateTimer(_ => _ = OverranAsync(step, most), null, most, Timeout.InfiniteTimeSpan) : null;
        try
        {
            return await work(step.Token);
        }
        catch (OperationCanceledException e) when (step.Why is { } why && !cancellationToken.IsCancellationRequested)
        {
            throw new StuckException(why, e);
        }
        finally
        {
            lock (_lock)
            {
                _open.Remove(step);
            }

            if (step.Why is null)
            {
                promise.GotOn(clock.Now, null);
            }
            else
            {
                promise.GaveWay(clock.Now);
            }

            step.End();
        }
    }

    /// <summary>Cancels all open steps.</summary>
    /// <returns>Whether they ended within the grace.</returns>
    public async Task<bool> CancelAsync(string why)
    {
        List<Step> open;
        lock (_lock)
        {
            open = [.. _open];
        }

        var ends = await Task.WhenAll(open.Select(step => CancelAsync(step, why)));
        return ends.All(ended => ended);
    }

    private async Task OverranAsync(Step step, TimeSpan ceiling)
    {
        var why = $"a step took longer than its {ActionLog.Say(ceiling)}";
        if (!await CancelAsync(step, why))
        {
            await giveUp(why);
        }
    }

    private async Task<bool> CancelAsync(Step step, string why)
    {
        step.Cancel(why);
        try
        {
            await step.Ended.WaitAsync(policy.StopGrace, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    [SuppressMessage("Design", "CA1001", Justification = "A cancellation may be under way when it ends; the source has no timer to release.")]
    private sealed class Step
    {
        private readonly CancellationTokenSource _cancellation = new();
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenRegistration _outer;
        private string? _why;

        public Step(CancellationToken outer) => _outer = outer.UnsafeRegister(static step => ((Step)step!)._cancellation.Cancel(), this);

        public CancellationToken Token => _cancellation.Token;

        public Task Ended => _ended.Task;

        /// <summary>Why it was cancelled alone; null when it was not.</summary>
        public string? Why => Volatile.Read(ref _why);

        public void Cancel(string why)
        {
            if (Interlocked.CompareExchange(ref _why, why, null) is null && !_ended.Task.IsCompleted)
            {
                // Not awaited: what the step registered may block, and whatever it throws is its own end.
                _ = _cancellation.CancelAsync().ContinueWith(
                    static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }

        public void End()
        {
            _outer.Unregister();
            _ended.TrySetResult();
        }
    }
}
