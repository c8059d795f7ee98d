using OrleansHealing.Hosting;

namespace OrleansHealing.Tests.Hosting;

/// <summary>When a thread pool is starved, and how many threads it is then given.</summary>
public sealed class PoolPressureTests
{
    private readonly PoolPressure _pressure = new(most: 256);

    [Fact]
    public void Look_WorkThatWaitsForTwoLooks_IsNoStarvation()
    {
        Assert.Equal((32, 32, 32), (_pressure.Look(isWaiting: true, 32), _pressure.Look(isWaiting: true, 32), _pressure.Look(isWaiting: false, 32)));

        Assert.False(_pressure.IsStarved);
    }

    [Fact]
    public void Look_WorkThatWaitsForLonger_DoublesTheThreadsUpToTheMost()
    {
        var threads = 32;
        var given = new List<int>();
        for (var look = 0; look < 7; look++)
        {
            threads = _pressure.Look(isWaiting: true, threads);
            given.Add(threads);
        }

        Assert.Equal([32, 32, 64, 128, 256, 256, 256], given);
        Assert.True(_pressure.IsStarved);
    }

    [Fact]
    public void Look_WorkThatWasServed_BeginsAnewAndTakesNothingBack()
    {
        _ = _pressure.Look(isWaiting: true, 64);
        _ = _pressure.Look(isWaiting: true, 64);
        Assert.Equal(64, _pressure.Look(isWaiting: false, 64));

        Assert.Equal((64, 64), (_pressure.Look(isWaiting: true, 64), _pressure.Look(isWaiting: true, 64)));
        Assert.False(_pressure.IsStarved);
    }

    [Fact]
    public void Look_MoreThreadsThanTheMost_TakesNoneAway()
    {
        _ = (_pressure.Look(true, 1000), _pressure.Look(true, 1000));

        Assert.Equal(1000, _pressure.Look(isWaiting: true, 1000));
    }
}
