namespace OrleansHealing.Silo.Healing;

/// <summary>The store is away, refuses, or is slow, and loses nothing: no agent fails, and none is restarted.</summary>
public sealed class StoreFaultTests
{
    private const string Password = "the-right-one-0815";
    private const string OtherPassword = "another-one-4711";

    // Longer than the timeout of 5 s, so that every deadline passes in it.
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(9);

    [Fact(Explicit = true)]
    public async Task RedisWithAnotherPassword_ThenTheRightOneAgain_NoAgentFailsAndThePasswordIsInNoLog()
    {
        await using var cluster = await StartAsync(await RedisServer.StartAsync("--requirepass", Password));
        await using var witness = new Witness(cluster.Silos);

        await cluster.Redis.KillAsync();
        await cluster.Redis.RunAsync("--requirepass", OtherPassword);
        await LastsAsync();
        await cluster.Redis.KillAsync();
        await cluster.Redis.RunAsync("--requirepass", Password);

        await NobodyNoticesAsync(cluster.Silos);
        await witness.SawNothingWrongAsync();
        foreach (var silo in cluster.Silos.Silos)
        {
            Assert.DoesNotContain(Password, silo.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(OtherPassword, silo.Output, StringComparison.Ordinal);
        }
    }

    [Fact(Explicit = true)]
    public async Task RedisGone_SiloThatIsToldToStop_EndsInItsTimeAndSaysWhy()
    {
        var redis = await RedisServer.StartAsync();
        await using var cluster = SiloCluster.On(redis);
        var silo = await cluster.AddSiloAsync();
        await redis.KillAsync();

        Assert.Equal(0, await silo.TerminateAsync());

        Assert.Contains("It could not leave the cluster in 35 s", silo.Output, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task RedisWithoutMemory_NoAgentFailsAndNoneIsRestarted()
    {
        await using var cluster = await StartAsync(await RedisServer.StartAsync());
        await using var witness = new Witness(cluster.Silos);

        await cluster.Redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "100kb");
        await LastsAsync();
        await cluster.Redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");

        await NobodyNoticesAsync(cluster.Silos);
        await witness.SawNothingWrongAsync();
        Assert.Contains(cluster.Silos.Silos, s => s.Output.Contains("OOM", StringComparison.Ordinal));
    }

    [Fact(Explicit = true)]
    public async Task RedisThatTakesHalfASecondForEachCommand_NoAgentFailsAndNoneIsRestarted()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = new DelayingProxy(redis.Port);
        await using var cluster = await SiloCluster.StartOnAsync($"127.0.0.1:{proxy.Port}", silos: 2);
        await SpawnAsync(cluster);
        await using var witness = new Witness(cluster);

        proxy.Delay = TimeSpan.FromMilliseconds(500);
        await LastsAsync();
        await LastsAsync();
        var during = await cluster.AgentsAsync();
        proxy.Delay = TimeSpan.Zero;

        Assert.All(during, a => Assert.Equal((0, 1), (a.Failures, a.Incarnation)));
        await NobodyNoticesAsync(cluster);
        await witness.SawNothingWrongAsync();
    }

    /// <summary>How long it lasts is the fault itself.</summary>
    private static Task LastsAsync() => Task.Delay(Outage, TestContext.Current.CancellationToken);

    private static async Task<Pair> StartAsync(RedisServer redis)
    {
        var silos = await SiloCluster.StartOnAsync(redis.ConnectionString, silos: 2);
        await SpawnAsync(silos);
        return new Pair(redis, silos);
    }

    private static async Task SpawnAsync(SiloCluster cluster)
    {
        var text = TextFile.Create(cluster.Root, bytes: 3_000_000, seed: 23);
        await cluster.SpawnReadersAsync(8, text.Path, linesPerSecond: 100, checkpointEvery: 25);
    }

    private static async Task NobodyNoticesAsync(SiloCluster cluster) =>
        Assert.All(await cluster.GetOnAsync(), a => Assert.Equal(("healthy", 0, 1), (a.Status, a.Failures, a.Incarnation)));

    private sealed record Pair(RedisServer Redis, SiloCluster Silos) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Silos.DisposeAsync();
            await Redis.DisposeAsync();
        }
    }
}
