namespace OrleansHealing.Agents;

/// <summary>How a body ended without throwing.</summary>
internal enum BodyEnding
{
    /// <summary>It returned.</summary>
    Returned,

    /// <summary>It was made to end early.</summary>
    Exited,
}

/// <summary>Runs a body so that a failure can be forced on it from outside.</summary>
internal sealed class CrashInjection(TimeSpan grace, TimeProvider time)
{
    private readonly TaskCompletionSource<CrashMode> _trigger = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isSilent;

    /// <summary>Whether the body is to be ended by force: what it would still save would make the crash a kind one.</summary>
    public bool IsTriggered => _trigger.Task.IsCompleted;

    /// <summary>Whether heartbeats are held back.</summary>
    public bool IsSilent => _isSilent;

    public void Trigger(CrashMode mode)
    {
        if (mode is CrashMode.Silent)
        {
            _isSilent = true;
        }
        else
        {
            _trigger.TrySetResult(mode);
        }
    }

    public async Task<BodyEnding> RunAsync(Func<CancellationToken, Task> body, CancellationToken cancellationToken)
    {
        using var bodyCancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.Run(() => body(bodyCancellation.Token), CancellationToken.None);

        // A body may fail of the order itself, by a checkpoint that is refused from then on, before its mode is played.
        if (await Task.WhenAny(running, _trigger.Task) == running && !(running.IsFaulted && IsTriggered))
        {
            await running;
            return BodyEnding.Returned;
        }

        // The real body is told to leave first, so that a forced failure never makes two of it.
        await bodyCancellation.CancelAsync();
        await Task.WhenAny(running, Task.Delay(grace, time, cancellationToken));
        switch (await _trigger.Task)
        {
            case CrashMode.Exception:
                throw new InvalidOperationException("Forced to crash.");
            case CrashMode.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
                break;
            case CrashMode.Block:
                // A thread of its own that nothing can wake: what a deadlock in a native library looks like.
                await Task.Factory.StartNew(
                    () => Thread.CurrentThread.Join(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                break;
        }

        return BodyEnding.Exited;
    }
}
