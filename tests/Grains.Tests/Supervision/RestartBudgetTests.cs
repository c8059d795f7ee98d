using CsCheck;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class RestartBudgetTests
{
    private static readonly DateTimeOffset Now = Given.Now;

    [Fact]
    public void Take_WithinTheBurst_IsNow()
    {
        var budget = new RestartBudget(10, 3);

        Assert.Equal([Now, Now, Now], Enumerable.Range(0, 3).Select(_ => budget.Take(Now)));
    }

    [Fact]
    public void Take_BeyondTheBurst_IsAtTheRate()
    {
        var budget = new RestartBudget(10, 1);
        budget.Take(Now);

        Assert.Equal([100.0, 200, 300], Enumerable.Range(0, 3).Select(_ => (budget.Take(Now) - Now).TotalMilliseconds));
        Assert.Equal(Now.AddSeconds(10), budget.Take(Now.AddSeconds(10)));
    }

    [Fact]
    public void WaitAt_ATurn_IsWhatTheNextWouldWaitAndTakesNone()
    {
        var budget = new RestartBudget(10, 2);
        Assert.Equal(TimeSpan.Zero, budget.WaitAt(Now));
        budget.Take(Now);
        budget.Take(Now);
        budget.Take(Now);

        Assert.Equal([0.2, 0.2], Enumerable.Range(0, 2).Select(_ => budget.WaitAt(Now).TotalSeconds));
        Assert.Equal(Now.AddSeconds(0.2), budget.Take(Now));
        Assert.Equal(TimeSpan.Zero, budget.WaitAt(Now.AddSeconds(1)));
    }

    [Fact]
    public void Take_WithoutALimit_IsAlwaysNow()
    {
        var budget = new RestartBudget(0, 1);

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.Equal(Now, budget.Take(Now)));
        Assert.Null(budget.TakenUntil);
    }

    [Fact]
    public void Restart_AfterTheClockWentBack_KeepsNobodyWaitingForIt()
    {
        var budget = new RestartBudget(10, 3);
        budget.Take(Now);
        var then = Now.AddMinutes(-30);

        budget.Restart(then);

        Assert.Equal([then, then, then, then.AddSeconds(0.1)], Enumerable.Range(0, 4).Select(_ => budget.Take(then)));
    }

    [Fact]
    public void Resume_OfAPredecessor_GoesOnBehindItsTurns()
    {
        var before = new RestartBudget(1, 1);
        before.Take(Now);
        before.Take(Now);
        var after = new RestartBudget(1, 1);
        after.Resume(before.TakenUntil!.Value);

        Assert.Equal(Now.AddSeconds(2), after.Take(Now));
    }

    [Fact]
    public void Resume_OfTurnsFromBeforeTheClockWentBackADay_WaitsForNoDay()
    {
        var budget = new RestartBudget(1, 1);
        budget.Restart(Now);
        budget.Resume(Now.AddDays(1));

        Assert.Equal(Now, budget.Take(Now));
    }

    [Fact]
    public void Take_AfterTheClockWentBackADay_WaitsForNoDay()
    {
        var budget = new RestartBudget(1, 1);
        budget.Take(Now);

        Assert.Equal(Now.AddDays(-1), budget.Take(Now.AddDays(-1)));
    }

    [Fact]
    public void Take_ByMoreThanAnHourHasTurnsFor_GivesNoTurnTwice()
    {
        var budget = new RestartBudget(5, 1);

        var turns = Enumerable.Range(0, 20_000).Select(i => budget.Take(Now.AddMilliseconds(i))).ToList();

        Assert.Equal(turns.Count, turns.Distinct().Count());
        Assert.Equal(Now.AddSeconds(19_999 / 5.0), turns[^1]);
    }

    [Fact]
    public void Take_AtAnyTimes_NeverGivesMoreTurnsThanTheLimit() =>
        Gen.Int[0, 500].Array[1, 200].Sample(pauses =>
        {
            var budget = new RestartBudget(5, 4);
            var now = Now;
            var turns = new List<DateTimeOffset>();
            foreach (var pause in pauses)
            {
                now = now.AddMilliseconds(pause);
                turns.Add(budget.Take(now));
            }

            turns.Sort();
            for (var i = 4; i < turns.Count; i++)
            {
                Assert.True(turns[i] - turns[i - 4] >= TimeSpan.FromMilliseconds(199), $"five turns within {(turns[i] - turns[i - 4]).TotalMilliseconds} ms");
            }
        });
}
