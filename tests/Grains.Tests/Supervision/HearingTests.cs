using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class HearingTests
{
    private static readonly SupervisionPolicy Quick = Given.Policy with { Timeout = TimeSpan.FromSeconds(1) };
    private readonly FakeTimeProvider _time = new();
    private readonly StoreClock _clock;
    private readonly Hearing _hearing;

    public HearingTests()
    {
        _clock = new StoreClock(_time, NullLogger<StoreClock>.Instance);
        _clock.Observe(Given.Now, _clock.Monotonic, _clock.Monotonic);
        _hearing = new Hearing(_clock, new HealingOptions());
    }

    [Fact]
    public void Since_NothingEverHappened_IsAlways()
    {
        Assert.Equal(DateTimeOffset.MinValue, _hearing.Since(Given.Policy));
        Assert.Null(_hearing.Hold);
    }

    [Fact]
    public async Task Listen_StoreThatAnswersSlowly_HoldsThoseWhoseTimeoutItMattersTo()
    {
        await ListenAsync(TimeSpan.FromMilliseconds(400));

        Assert.Equal(_clock.Now, _hearing.Since(Quick));
        Assert.Equal(DateTimeOffset.MinValue, _hearing.Since(Given.Policy));
        Assert.Null(_hearing.Hold);
    }

    [Fact]
    public async Task Listen_StoreThatTookMostOfTheTimeout_HoldsEverybody()
    {
        await ListenAsync(TimeSpan.FromSeconds(4.9));

        Assert.Equal(_clock.Now, _hearing.Since(Given.Policy));
        Assert.Equal("the store answered slowly", _hearing.Hold);
        _time.Advance(Given.Policy.Timeout);
        Assert.Null(_hearing.Hold);
    }

    [Fact]
    public async Task Listen_ShorterStallAfterALonger_LeavesTheLongerToWhomItMatters()
    {
        await ListenAsync(TimeSpan.FromSeconds(3));
        var longer = _clock.Now;
        _time.Advance(TimeSpan.FromSeconds(1));
        await ListenAsync(TimeSpan.FromMilliseconds(300));

        Assert.Equal(longer, _hearing.Since(Given.Policy));
        Assert.Equal(_clock.Now, _hearing.Since(Quick));
    }

    [Fact]
    public async Task Listen_AfterAnOutage_HoldsFromTheReturnAndFiveSecondsAtLeast()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _hearing.TurnAsync<int>(() => throw new TimeoutException()));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("the store is out of reach", _hearing.Hold);

        await ListenAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(_clock.Now, _hearing.Since(Given.Policy));
        Assert.Equal(_clock.Now.AddSeconds(4), _hearing.Since(Quick));
        Assert.Equal(("the store was out of reach for 32 s", "store-outage", true), (_hearing.Hold, _hearing.Reason, _hearing.IsHeldForAll));
    }

    [Fact]
    public async Task Turn_ThatTookLongAtItsEnd_Holds()
    {
        await _hearing.TurnAsync(async () =>
        {
            await ListenAsync(TimeSpan.Zero);
            _time.Advance(TimeSpan.FromSeconds(5));
            return 0;
        });

        Assert.Equal(_clock.Now, _hearing.Since(Given.Policy));
    }

    [Fact]
    public async Task Turn_AfterALongSleep_HoldsNobody()
    {
        await ListenAsync(TimeSpan.Zero);
        _time.Advance(TimeSpan.FromMinutes(1));

        await _hearing.TurnAsync(() => ListenAsync(TimeSpan.Zero));

        Assert.Null(_hearing.Hold);
    }

    [Fact]
    public async Task CheckFreshness_AfterAFreezeBehindAnAnswer_Holds()
    {
        await ListenAsync(TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(10));

        _hearing.CheckFreshness();

        Assert.Equal(_clock.Now, _hearing.Since(Given.Policy));
    }

    [Fact]
    public void CheckClock_AfterAStep_HoldsOnce()
    {
        Assert.False(_hearing.CheckClock());
        _clock.Observe(Given.Now.AddDays(-1), _clock.Monotonic, _clock.Monotonic);

        Assert.True(_hearing.CheckClock());
        Assert.False(_hearing.CheckClock());
        Assert.Equal("the store's clock stepped", _hearing.Hold);
    }

    [Fact]
    public void Resume_OfAHoldThatItsPredecessorWasIn_GoesOnWithIt()
    {
        _hearing.Resume(Given.Now.AddSeconds(-2));

        Assert.Equal(Given.Now.AddSeconds(-2), _hearing.Since(Given.Policy));
        Assert.NotNull(_hearing.Hold);
    }

    [Fact]
    public void Resume_FromTheFuture_IsLeft()
    {
        _hearing.Resume(Given.Now.AddDays(1));

        Assert.Equal(DateTimeOffset.MinValue, _hearing.Since(Given.Policy));
    }

    [Fact]
    public async Task Since_OneStallAfterTheOther_HoldsForSixtyTimeoutsAtMost()
    {
        await ListenAsync(TimeSpan.FromSeconds(2));
        var began = _clock.Now;
        while (_clock.Now < began.AddSeconds(290))
        {
            Assert.NotNull(_hearing.Hold);
            _time.Advance(TimeSpan.FromSeconds(3));
            await ListenAsync(TimeSpan.FromSeconds(2));
        }

        while (_clock.Now < began.AddHours(1))
        {
            await ListenAsync(TimeSpan.FromSeconds(2));
            _time.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Null(_hearing.Hold);
        Assert.True(_hearing.Since(Given.Policy) + Given.Policy.Timeout <= began.AddSeconds(300));
    }

    [Fact]
    public async Task Since_StallAfterATimeoutWithoutOne_HoldsForAFullTimeoutAgain()
    {
        for (var i = 0; i < 150; i++)
        {
            await ListenAsync(TimeSpan.FromSeconds(2));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Null(_hearing.Hold);
        _time.Advance(TimeSpan.FromSeconds(5));
        await ListenAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(_clock.Now, _hearing.Since(Given.Policy));
        Assert.NotNull(_hearing.Hold);
    }

    [Fact]
    public async Task Since_OutagesThatEachLastLonger_HoldEachTime()
    {
        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => _hearing.TurnAsync<int>(() => throw new TimeoutException()));
            _time.Advance(TimeSpan.FromSeconds(20));
            await ListenAsync(TimeSpan.Zero);
            Assert.Equal(_clock.Now, _hearing.Since(Given.Policy));
        }
    }

    private Task<int> ListenAsync(TimeSpan takes) => _hearing.ListenAsync(() =>
    {
        _time.Advance(takes);
        return Task.FromResult(0);
    });
}
