using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Tests.Heartbeats;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Agents;

public sealed class FencedCheckpointsTests
{
    private static readonly TimeSpan ProgressTimeout = TimeSpan.FromSeconds(10);
    private readonly FlakyStore _store = new();
    private readonly FakeTimeProvider _time = new();
    private readonly StoreClock _clock;
    private readonly Promise _promise = new(Given.Incarnation, Given.Host, Given.Policy with { ProgressTimeout = ProgressTimeout });
    private readonly FencedCheckpoints _checkpoints;
    private int _fencedCalls;

    public FencedCheckpointsTests()
    {
        _clock = new StoreClock(_time, NullLogger<StoreClock>.Instance);
        _clock.Observe(Given.Now, _clock.Monotonic, _clock.Monotonic);
        var outage = new OutageWait(_promise, _clock, _time, NullLogger.Instance);
        _checkpoints = new FencedCheckpoints(
            _store, _clock, Given.Id, Given.Incarnation, maxLength: 100, new CrashInjection(TimeSpan.Zero, _time), outage, () => _fencedCalls++);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_WhileTheStoreIsAway_WaitsForItAndIsNoLackOfProgress()
    {
        _promise.GotOn(_clock.Now, null);
        _store.Go(away: true);
        var saving = _checkpoints.SaveAsync(42, Cancellation);
        await _store.RefusedAsync();
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.False(saving.IsCompleted);
        Assert.Equal(_clock.Now + Given.Policy.Timeout, _promise.Next(_clock.Now).Deadline);

        _store.Go(away: false);
        while (!saving.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        await saving;
        Assert.Equal("42", Assert.Single(_store.Checkpoints).State.Text);
        Assert.Equal(_clock.Now + ProgressTimeout, _promise.Next(_clock.Now.AddMinutes(1)).Deadline);
    }

    [Fact]
    public async Task Load_WhileTheStoreIsAway_EndsWithItsCancellation()
    {
        _store.Go(away: true);
        using var stop = new CancellationTokenSource();
        var loading = _checkpoints.LoadAsync<int>(stop.Token);
        await _store.RefusedAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loading);
    }

    [Fact]
    public async Task Save_Fenced_SaysSoAndStopsTheRun()
    {
        _store.Fence(Given.Id);

        await Assert.ThrowsAsync<FencedException>(() => _checkpoints.SaveAsync(42, Cancellation));
        Assert.Equal(1, _fencedCalls);
    }

    [Fact]
    public async Task Save_MoreThanIsTaken_IsRefusedAndNothingIsWritten()
    {
        await Assert.ThrowsAsync<CheckpointException>(() => _checkpoints.SaveAsync(new string('x', 101), Cancellation));
        Assert.Empty(_store.Checkpoints);
    }
}
