using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;

namespace OrleansHealing.Tests.Agents;

public sealed class CrashInjectionTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CrashInjection _injection;

    public CrashInjectionTests() => _injection = new CrashInjection(TimeSpan.FromSeconds(5), _time);

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_BodyThatReturns_Returned()
    {
        Assert.Equal(BodyEnding.Returned, await _injection.RunAsync(_ => Task.CompletedTask, TestEnd));
        Assert.False(_injection.IsTriggered);
    }

    [Fact]
    public async Task RunAsync_BodyThatThrows_ThrowsItsException()
    {
        var error = await Assert.ThrowsAsync<FatalAgentException>(
            () => _injection.RunAsync(_ => throw new FatalAgentException("a wrong key"), TestEnd));

        Assert.Equal("a wrong key", error.Message);
    }

    [Fact]
    public async Task Trigger_Exception_EndsTheBodyFirstAndThrows()
    {
        var left = new TaskCompletionSource();
        var running = _injection.RunAsync(Obeying(left), TestEnd);
        _injection.Trigger(CrashMode.Exception);

        await Assert.ThrowsAsync<InvalidOperationException>(() => running);
        Assert.True(left.Task.IsCompletedSuccessfully);
        Assert.True(_injection.IsTriggered);
    }

    [Fact]
    public async Task Trigger_Exit_EndsEarlyWithoutAnException()
    {
        var left = new TaskCompletionSource();
        var running = _injection.RunAsync(Obeying(left), TestEnd);
        _injection.Trigger(CrashMode.Exit);

        Assert.Equal(BodyEnding.Exited, await running);
        Assert.True(left.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Trigger_BodyThatFailsOfTheOrderItself_PlaysTheModeAllTheSame()
    {
        // Whether the body's failure or the order is seen first is a matter of threads, so this is done often.
        for (var i = 0; i < 1000; i++)
        {
            var injection = new CrashInjection(TimeSpan.FromSeconds(5), _time);
            injection.Trigger(CrashMode.Exit);

            Assert.Equal(BodyEnding.Exited, await injection.RunAsync(_ => throw new InvalidOperationException("nothing is saved any more"), TestEnd));
        }
    }

    [Fact]
    public async Task Trigger_Hang_GoesOnUntilItIsCancelled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestEnd);
        var left = new TaskCompletionSource();
        var running = _injection.RunAsync(Obeying(left), stop.Token);
        _injection.Trigger(CrashMode.Hang);
        await left.Task;

        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Trigger_BodyThatIgnoresCancellation_IsLeftAfterTheGrace()
    {
        var begun = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        var running = _injection.RunAsync(
            _ =>
            {
                begun.SetResult();
                return never.Task;
            },
            TestEnd);
        await begun.Task;
        _injection.Trigger(CrashMode.Exit);
        while (!running.IsCompleted)
        {
            // The grace begins a moment after the trigger, on another thread.
            TestEnd.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Equal(BodyEnding.Exited, await running);
        never.SetResult();
    }

    [Fact]
    public async Task Trigger_Silent_HoldsBeatsBackAndLeavesTheBody()
    {
        var release = new TaskCompletionSource();
        var running = _injection.RunAsync(_ => release.Task, TestEnd);
        _injection.Trigger(CrashMode.Silent);

        Assert.True(_injection.IsSilent);
        Assert.False(_injection.IsTriggered);
        release.SetResult();
        Assert.Equal(BodyEnding.Returned, await running);
    }

    private static Func<CancellationToken, Task> Obeying(TaskCompletionSource left) => async cancellation =>
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = cancellation.Register(cancelled.SetResult);
        await cancelled.Task;
        left.SetResult();
    };
}
