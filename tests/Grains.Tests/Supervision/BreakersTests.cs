using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class BreakersTests
{
    private static readonly DateTimeOffset Now = Given.Now;

    private readonly Breakers _breakers = new(new HealingOptions());

    [Fact]
    public void Trip_BySeveral_WaitsForTheLastMomentThatAnyWasTold()
    {
        Trip(10);
        Trip(30);
        var last = Trip(20);

        Assert.Equal((Now.AddSeconds(30), 3), (last.Until, last.Waiting));
    }

    [Fact]
    public void Trip_Again_SpreadsTheReturnMore()
    {
        var spreads = new List<double>();
        for (var (i, now) = (0, Now); i < 6; i++, now = now.AddSeconds(10))
        {
            spreads.Add(Trip(10, now).Spread.TotalSeconds);
        }

        Assert.Equal([4, 8, 16, 32, 60, 60], spreads);
    }

    [Fact]
    public void Trip_ByMany_SpreadsTheReturnByTheirNumber()
    {
        var spreads = Enumerable.Range(0, 100).Select(_ => Trip(10).Spread.TotalSeconds).ToList();

        Assert.Equal((4, 20), (spreads[0], spreads[^1]));
    }

    [Fact]
    public void Trip_LongAfterTheLastTime_BeginsAnew()
    {
        Trip(10);
        Trip(10, Now.AddSeconds(10));

        var later = Trip(10, Now.AddMinutes(5));

        Assert.Equal((4, 1), (later.Spread.TotalSeconds, later.Waiting));
    }

    [Fact]
    public void Trip_OfSomethingElse_IsApart()
    {
        Trip(30);

        Assert.Equal((Now.AddSeconds(1), 1), (_breakers.Trip("other", TimeSpan.FromSeconds(1), Now).Until, _breakers.Trip("third", TimeSpan.Zero, Now).Waiting));
    }

    [Fact]
    public void Ask_WhileOthersWereToldAgain_IsHeldUntilThenAndAPartOfTheSpread()
    {
        Trip(10);
        Trip(30, Now.AddSeconds(10));
        var state = Given.State(AgentStatus.BackingOff) with { Breaker = "openai" };

        var gate = _breakers.Ask(state, Now.AddSeconds(12), 0.5)!;

        Assert.Equal((RestartHold.Breaker, Now.AddSeconds(44)), (gate.Hold, gate.LookAgainAt));
        Assert.Null(_breakers.Ask(state, Now.AddSeconds(40), 0.5));
        Assert.Null(_breakers.Ask(state with { Breaker = null }, Now.AddSeconds(12), 0.5));
    }

    private BreakerState Trip(double seconds, DateTimeOffset? now = null) => _breakers.Trip("openai", TimeSpan.FromSeconds(seconds), now ?? Now);
}
