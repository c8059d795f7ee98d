using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;

namespace OrleansHealing.Tests.Agents;

public sealed class HeartbeatPumpTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly HeartbeatPump _pump;

    public HeartbeatPumpTests() => _pump = new HeartbeatPump(_time, new Random(7), NullLogger<HeartbeatPump>.Instance);

    public void Dispose() => _pump.Dispose();

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.03)]
    [InlineData(0.5)]
    [InlineData(0.01)]
    [InlineData(30)]
    public void Tick_OfAnyPeriod_ComesWithinThePeriodAndNeverLaterThanThatAfterTheOneBefore(double seconds)
    {
        var period = TimeSpan.FromSeconds(seconds);
        var ticks = Start(period);

        Advance(20 * period);

        Assert.True(ticks[0] <= period);
        var gaps = ticks.Zip(ticks.Skip(1), (before, after) => after - before).ToArray();
        Assert.InRange(gaps.Length, 18, 22);

        // Time passes here in whole steps.
        Assert.All(gaps, gap => Assert.InRange(gap, period - TimeSpan.FromMilliseconds(50) - Step, period + Step));
    }

    [Fact]
    public void Tick_OfManyThatBeganTogether_IsSpreadOverThePeriod()
    {
        var first = Enumerable.Range(0, 1000).Select(_ => Start(Second)).ToArray();

        Advance(Second);

        var byTenth = first.GroupBy(t => (int)(t[0] / (Second / 10))).ToDictionary(g => g.Key, g => g.Count());
        Assert.All(Enumerable.Range(0, 10), tenth => Assert.InRange(byTenth[tenth], 60, 140));
    }

    [Fact]
    public void Tick_ThatIsOver_ComesNoMoreAndTheOthersGoOn()
    {
        var (lasting, over) = (Start(Second), 0);
        Start(Second, () => ++over < 3);

        Advance(10 * Second);

        Assert.Equal(3, over);
        Assert.InRange(lasting.Count, 10, 11);
    }

    [Fact]
    public void Tick_ThatThrows_IsTriedAgainAndKeepsNobodyFromBeating()
    {
        var lasting = Start(Second);
        var thrown = 0;
        Start(Second, () => throw new InvalidOperationException($"{++thrown}"));

        Advance(10 * Second);

        Assert.InRange(lasting.Count, 10, 11);
        Assert.InRange(thrown, 10, 11);
    }

    [Fact]
    public void Tick_AfterAStall_ComesOnceAndThenAtItsPeriod()
    {
        var ticks = Start(Second);
        Advance(2 * Second);
        ticks.Clear();

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(ticks);
        Advance(5 * Second);

        Assert.InRange(ticks.Count, 6, 7);
    }

    [Fact]
    public void Start_DuringATick_IsTickedForToo()
    {
        List<TimeSpan>? inner = null;
        Start(Second, () =>
        {
            inner ??= Start(Second);
            return true;
        });

        Advance(5 * Second);

        Assert.InRange(inner!.Count, 3, 5);
    }

    /// <returns>When it ticked, from the beginning of the test.</returns>
    private List<TimeSpan> Start(TimeSpan period)
    {
        var (ticks, began) = (new List<TimeSpan>(), _time.GetUtcNow());
        Start(period, () =>
        {
            ticks.Add(_time.GetUtcNow() - began);
            return true;
        });
        return ticks;
    }

    private void Start(TimeSpan period, Func<bool> tick) => _pump.Start(period, new Beating(tick));

    private void Advance(TimeSpan span)
    {
        for (var end = _time.GetUtcNow() + span; _time.GetUtcNow() < end;)
        {
            _time.Advance(Step);
        }
    }

    private sealed class Beating(Func<bool> tick) : IBeating
    {
        public bool Tick() => tick();
    }
}
