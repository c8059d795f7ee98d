using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Fleet;
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
    private bool _healsWhenAsked;

    public FencedCheckpointsTests()
    {
        _clock = new StoreClock(_time, NullLogger<StoreClock>.Instance);
        _clock.Observe(Given.Now, _clock.Monotonic, _clock.Monotonic);
        var outage = new OutageWait(_promise, _clock, _time, NullLogger.Instance);
        Begin = startFrom => new FencedCheckpoints(
            _store, _clock, Given.Id, Given.Incarnation, startFrom, maxLength: 100, _promise, new CrashInjection(TimeSpan.Zero, _time), outage,
            () =>
            {
                _fencedCalls++;
                _store.Heal(_healsWhenAsked);
                return Task.FromResult(_healsWhenAsked);
            });
        _checkpoints = Begin(CheckpointChoice.Newest);
    }

    private Func<CheckpointChoice, FencedCheckpoints> Begin { get; }

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
        Assert.False(_promise.IsStuck(_clock.Now + ProgressTimeout - TimeSpan.FromSeconds(1)));
        Assert.Equal(_clock.Now, _promise.GotOnAt);
    }

    [Fact]
    public async Task Restore_WhileANewerOneIsSaved_DoesNotComeToLieOnTopOfIt()
    {
        var lost = new TaskCompletionSource<IReadOnlyList<StoredRecord<Checkpoint>>>();
        var pushed = new List<string>();
        var store = Stub.Of<IHeartbeatStore>(
            (nameof(IHeartbeatStore.LoadCheckpointsAsync), _ => lost.Task),
            (nameof(IHeartbeatStore.SaveCheckpointAsync), args =>
            {
                pushed.Add(((Checkpoint)args[1]!).State.Text);
                return Task.FromResult(true);
            }
        ));
        var checkpoints = new FencedCheckpoints(
            store, _clock, Given.Id, Given.Incarnation, CheckpointChoice.Newest, 100, _promise, new CrashInjection(TimeSpan.Zero, _time),
            new OutageWait(_promise, _clock, _time, NullLogger.Instance), () => Task.FromResult(true));
        await checkpoints.SaveAsync(1, Cancellation);

        var restoring = checkpoints.RestoreAsync();
        var saving = checkpoints.SaveAsync(2, Cancellation);
        lost.SetResult([]);
        await restoring;
        await saving;

        Assert.Equal("2", pushed[^1]);
    }

    [Fact]
    public async Task Save_CommandThatTheClientCancels_IsTriedAgain()
    {
        _store.Go(away: true, new TaskCanceledException());
        var saving = _checkpoints.SaveAsync(42, Cancellation);
        await _store.RefusedAsync();
        Assert.False(saving.IsCompleted);

        _store.Go(away: false);
        while (!saving.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        await saving;
        Assert.Equal("42", Assert.Single(_store.Checkpoints).State.Text);
        Assert.True(_store.WasRepeat);

        await _checkpoints.SaveAsync(43, Cancellation);
        Assert.False(_store.WasRepeat);
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

    [Theory]
    [InlineData(CheckpointChoice.Newest, 3)]
    [InlineData(CheckpointChoice.Previous, 2)]
    [InlineData(CheckpointChoice.None, 0)]
    public async Task Load_ByChoice_SkipsAndDeletesNothing(CheckpointChoice startFrom, int expected)
    {
        foreach (var value in (int[])[1, 2, 3])
        {
            await _checkpoints.SaveAsync(value, Cancellation);
        }

        var next = Begin(startFrom);
        Assert.Equal(expected, await next.LoadAsync<int>(Cancellation));

        await next.SaveAsync(4, Cancellation);
        Assert.Equal(4, await next.LoadAsync<int>(Cancellation));
        Assert.Equal(4, _store.Checkpoints.Count);
    }

    [Theory]
    [InlineData(CheckpointChoice.Newest)]
    [InlineData(CheckpointChoice.Previous)]
    public async Task Load_NothingThatIsOldEnough_IsTheDefault(CheckpointChoice startFrom)
    {
        if (startFrom is CheckpointChoice.Previous)
        {
            await _checkpoints.SaveAsync(1, Cancellation);
        }

        Assert.Equal(0, await Begin(startFrom).LoadAsync<int>(Cancellation));
    }

    [Fact]
    public async Task LoadAndSave_AreToldWithTheHeartbeat()
    {
        Assert.Null(_promise.Next(_clock.Now).Record!.Checkpoint);
        await _checkpoints.LoadAsync<int>(Cancellation);
        Assert.Null(_promise.Next(_clock.Now).Record);

        await _store.SaveCheckpointAsync(Given.Id, new Checkpoint { Incarnation = 1, Sequence = 1, At = _clock.Now, State = JsonText.Parse("7") });
        await _checkpoints.LoadAsync<int>(Cancellation);
        Assert.Equal(CheckpointUse.Loaded, _promise.Next(_clock.Now).Record!.Checkpoint);

        await _checkpoints.SaveAsync(8, Cancellation);
        await _checkpoints.LoadAsync<int>(Cancellation);
        Assert.Equal(CheckpointUse.Saved, _promise.Next(_clock.Now).Record!.Checkpoint);
    }

    [Fact]
    public async Task Load_OfWhatIsNoSuchValue_FailsAndCountsAgainstTheCheckpoint()
    {
        await _store.SaveCheckpointAsync(Given.Id, new Checkpoint { Incarnation = 1, Sequence = 1, At = _clock.Now, State = JsonText.Parse("[1]") });

        await Assert.ThrowsAsync<CheckpointException>(() => _checkpoints.LoadAsync<int>(Cancellation));
        Assert.Equal(CheckpointUse.Loaded, _promise.Next(_clock.Now).Record!.Checkpoint);
    }

    [Fact]
    public async Task Save_Fenced_SaysSoAndStopsTheRun()
    {
        _store.Fence(Given.Id);

        await Assert.ThrowsAsync<FencedException>(() => _checkpoints.SaveAsync(42, Cancellation));
        Assert.Equal(1, _fencedCalls);
    }

    [Fact]
    public async Task Save_InAStoreThatHadLostTheRunAndKnowsItAgain_IsSavedAfterAll()
    {
        _store.Fence(Given.Id);
        _healsWhenAsked = true;

        await _checkpoints.SaveAsync(42, Cancellation);

        Assert.Equal((1, "42"), (_fencedCalls, _store.Checkpoints[^1].State.Text));
    }

    [Fact]
    public async Task Restore_IntoAStoreThatLostIt_PutsBackWhatWasSavedLast()
    {
        await _checkpoints.SaveAsync(1, Cancellation);
        await _checkpoints.SaveAsync(2, Cancellation);
        _store.Checkpoints.Clear();

        await _checkpoints.RestoreAsync();
        await _checkpoints.RestoreAsync();

        Assert.Equal("2", Assert.Single(_store.Checkpoints).State.Text);
    }

    [Fact]
    public async Task Restore_OfWhatWasOnlyLoaded_IsSavedUnderItsOwnIncarnation()
    {
        await _store.SaveCheckpointAsync(Given.Id, new Checkpoint { Incarnation = 1, Sequence = 1, At = _clock.Now, State = JsonText.Parse("1") });
        await _checkpoints.LoadAsync<int>(Cancellation);
        _store.Checkpoints.Clear();

        await _checkpoints.RestoreAsync();

        Assert.Equal((Given.Incarnation, "1"), (Assert.Single(_store.Checkpoints).Incarnation, _store.Checkpoints[0].State.Text));
    }

    [Fact]
    public async Task Save_MoreThanIsTaken_IsRefusedAndNothingIsWritten()
    {
        await Assert.ThrowsAsync<CheckpointException>(() => _checkpoints.SaveAsync(new string('x', 101), Cancellation));
        Assert.Empty(_store.Checkpoints);
    }
}
