using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Chaos;

/// <summary>The suite itself for less than a minute. Longer runs are for people: see docs/RELIABILITY.md.</summary>
public abstract class ChaosRunTests(ITestOutputHelper output, string store, int seed)
{
    [Fact]
    public async Task Run_RandomFaultsOfASeed_BreakNoPromise()
    {
        Assert.SkipWhen(store is ChaosOptions.Redis && RedisServer.Program is null, "redis-server is not installed: apt-get install redis-server");

        var report = await new ChaosRun(new ChaosOptions(TimeSpan.FromSeconds(20), seed, store, Agents: 8, Silos: 2), output.WriteLine)
            .RunAsync(TestContext.Current.CancellationToken);

        Assert.True(report.IsClean, string.Join(Environment.NewLine, report.Lines()));
        Assert.True(report.Injected.Values.Sum() >= 3, string.Join(Environment.NewLine, report.Lines()));
    }
}

/// <summary>On redis-server. A class of its own, so that the stores take their minute side by side.</summary>
public sealed class RedisChaosRunTests(ITestOutputHelper output) : ChaosRunTests(output, ChaosOptions.Redis, seed: 7);

/// <summary>On the embedded store.</summary>
public sealed class EmbeddedChaosRunTests(ITestOutputHelper output) : ChaosRunTests(output, ChaosOptions.Embedded, seed: 3);
