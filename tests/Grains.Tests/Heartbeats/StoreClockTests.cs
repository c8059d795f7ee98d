using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Tests.Heartbeats;

public sealed class StoreClockTests
{
    private static readonly DateTimeOffset StoreTime = new(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new();
    private readonly StoreClock _clock;

    public StoreClockTests() => _clock = new StoreClock(_time, NullLogger<StoreClock>.Instance);

    [Fact]
    public void Now_BeforeTheFirstAnswer_IsRefused()
    {
        Assert.False(_clock.IsSynchronized);
        Assert.Throws<InvalidOperationException>(() => _clock.Now);
    }

    [Fact]
    public void Now_AfterAnAnswer_IsTheStoresTimeAtTheMiddleOfTheRoundTrip()
    {
        _time.Advance(TimeSpan.FromSeconds(10));

        Ask(StoreTime, TimeSpan.FromMilliseconds(20));

        Assert.Equal(StoreTime.AddMilliseconds(10), _clock.Now);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(StoreTime.AddMilliseconds(10).AddHours(1), _clock.Now);
    }

    [Fact]
    public void Now_WallClockOfThisHostStepsADay_DoesNotMove()
    {
        Ask(StoreTime, TimeSpan.Zero);
        var wall = new SteppedWallClock(_time);
        var clock = new StoreClock(wall, NullLogger<StoreClock>.Instance);
        clock.Observe(StoreTime, clock.Monotonic, clock.Monotonic);

        wall.Step = TimeSpan.FromDays(1);

        Assert.Equal(StoreTime, clock.Now);
        Assert.Null(clock.LastStepAt);
    }

    [Theory]
    [InlineData(86_400)]
    [InlineData(-86_400)]
    [InlineData(1.2)]
    [InlineData(-1.2)]
    public void Observe_StoresClockSteps_FollowsAndSaysSo(double seconds)
    {
        Ask(StoreTime, TimeSpan.FromMilliseconds(2));
        _time.Advance(TimeSpan.FromSeconds(2));

        Ask(StoreTime.AddSeconds(2 + seconds), TimeSpan.FromMilliseconds(2));

        Assert.Equal(_clock.Monotonic, _clock.LastStepAt);
        Assert.Equal(seconds, (_clock.Now - StoreTime).TotalSeconds - 2, 0.01);
    }

    [Fact]
    public void Observe_SlowAnswer_IsNoStepAndDoesNotWorsenTheClock()
    {
        Ask(StoreTime, TimeSpan.FromMilliseconds(2));
        var before = _clock.Now;

        // The store answered at once, and the answer took three seconds: the middle is off by 1.5 s, as far as its own doubt.
        Ask(before, TimeSpan.FromSeconds(3));

        Assert.Null(_clock.LastStepAt);
        Assert.Equal(before.AddSeconds(3), _clock.Now);
    }

    [Fact]
    public void Observe_BetterAnswer_IsTaken()
    {
        Ask(StoreTime, TimeSpan.FromMilliseconds(200));
        var truth = _clock.Now.AddMilliseconds(60);

        Ask(truth, TimeSpan.FromMilliseconds(2));

        Assert.Equal(truth.AddMilliseconds(1), _clock.Now);
        Assert.Null(_clock.LastStepAt);
    }

    [Fact]
    public void Observe_OldAnswer_GivesWayToAWorseOneInTime()
    {
        Ask(StoreTime, TimeSpan.FromMilliseconds(2));
        _time.Advance(TimeSpan.FromMinutes(10));
        var drifted = _clock.Now.AddMilliseconds(30);

        Ask(drifted, TimeSpan.FromMilliseconds(40));

        Assert.Equal(drifted.AddMilliseconds(20), _clock.Now);
    }

    private void Ask(DateTimeOffset answer, TimeSpan roundTrip)
    {
        var sent = _clock.Monotonic;
        _time.Advance(roundTrip);
        _clock.Observe(answer, sent, _clock.Monotonic);
    }

    private sealed class SteppedWallClock(FakeTimeProvider time) : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Step;
    }
}
