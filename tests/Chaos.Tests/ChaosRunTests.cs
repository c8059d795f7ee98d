using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Chaos;

/// <summary>The suite itself for less than a minute. Longer runs are for people: see docs/RELIABILITY.md.</summary>
public sealed class ChaosRunTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(ChaosOptions.Redis, 7)]
    [InlineData(ChaosOptions.Embedded, 3, Explicit = true)]
    public async Task Run_RandomFaultsOfASeed_BreakNoPromise(string store, int seed)
    {
        Assert.SkipWhen(store is ChaosOptions.Redis && RedisServer.Program is null, "redis-server is not installed: apt-get install redis-server");

        var report = await new ChaosRun(new ChaosOptions(TimeSpan.FromSeconds(20), seed, store, Agents: 8, Silos: 2), output.WriteLine)
            .RunAsync(TestContext.Current.CancellationToken);

        Assert.True(report.IsClean, string.Join(Environment.NewLine, report.Lines()));
        Assert.True(report.Injected.Values.Sum() >= 3, string.Join(Environment.NewLine, report.Lines()));
    }
}
