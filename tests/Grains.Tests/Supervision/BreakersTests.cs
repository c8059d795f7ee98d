using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class BreakersTests
{
    private static readonly DateTimeOffset Now = Given.Now;

    private int _agents;
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

        var other = _breakers.Trip(AgentId.Parse("other"), "other", "test", TimeSpan.FromSeconds(1), Now);

        Assert.Equal((Now.AddSeconds(1), 1), (other.Until, other.Waiting));
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

    [Fact]
    public void Trip_AgainByTheSame_ChangesNothing()
    {
        var id = AgentId.Parse("reader-1");
        var once = _breakers.Trip(id, "openai", "test", TimeSpan.FromSeconds(10), Now);

        Assert.Equal(once, _breakers.Trip(id, "openai", "test", TimeSpan.FromSeconds(10), Now));
    }

    [Fact]
    public void Trip_WithoutAResource_WaitsForOthersOfItsKindAtMostAsLongAgain()
    {
        var first = _breakers.Trip(AgentId.Parse("a"), null, "test", TimeSpan.FromHours(14), Now);
        var second = _breakers.Trip(AgentId.Parse("b"), null, "test", TimeSpan.FromSeconds(10), Now);
        var waited = Given.State(AgentStatus.BackingOff) with { Breaker = second.Name, Since = Now, NextRestartAt = Now.AddSeconds(20) };

        Assert.Equal(("kind test", Now.AddHours(14), Now.AddSeconds(20)), (first.Name, first.Until, second.Until));
        Assert.Null(_breakers.Ask(waited, Now.AddSeconds(20), 0.5));
    }

    private BreakerState Trip(double seconds, DateTimeOffset? now = null) =>
        _breakers.Trip(AgentId.Parse($"agent-{_agents++}"), "openai", "test", TimeSpan.FromSeconds(seconds), now ?? Now);
}
