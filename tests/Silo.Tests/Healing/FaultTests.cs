namespace OrleansHealing.Silo.Healing;

/// <summary>Faults of silos and of the store that are no fault of the agents: they come back, or never notice, and nothing is counted.</summary>
public sealed class FaultTests
{
    [Fact(Explicit = true)]
    public async Task SiloJoins_AgentsAreMovedToItWithoutAFailure()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 11);
        await cluster.SpawnReadersAsync(12, text.Path);

        var joined = await cluster.AddSiloAsync();

        var after = await Eventually.SeeAsync(
            "agents on both silos", cluster.AgentsAsync, all => all.All(a => a.Status == "healthy") && all.Count(a => a.Silo == joined.Name) >= 5);
        Assert.InRange(after.Count(a => a.Silo == joined.Name), 5, 7);
        Assert.All(after, a => Assert.Equal((0, a.Silo == joined.Name ? 2 : 1), (a.Failures, a.Incarnation)));
    }

    [Theory, InlineData(StoreKind.Embedded), InlineData(StoreKind.Redis, Explicit = true)]
    public async Task AllSilosKilled_TheNextOnesGoOnWithoutAFailure(StoreKind store)
    {
        await using var cluster = await SiloCluster.StartAsync(store, silos: 2, SiloCluster.NoMoves);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 13);
        await cluster.SpawnReadersAsync(6, text.Path, checkpointEvery: 5);
        await cluster.PostAsync("/agents/agent-00/crash", new { mode = "exception" });
        await cluster.SeeAgentAsync("agent-00", "to be healthy again", a => a is { Status: "healthy", Incarnation: 2 });

        await Task.WhenAll(cluster.Silos.Select(s => s.KillAsync()));
        var next = await cluster.AddSiloAsync();

        // Until then the store still says what it said when everybody died.
        var after = await Eventually.SeeAsync(
            "6 healthy agents on the new silo", cluster.AgentsAsync, all => all.Count(a => a.Status == "healthy" && a.Silo == next.Name) == 6);
        Assert.All(after, a => Assert.Equal((a.Id == "agent-00" ? 1 : 0, a.Id == "agent-00" ? 3 : 2), (a.Failures, a.Incarnation)));
    }

    [Fact]
    public async Task EmbeddedStoreKilled_NoAgentFailsAndNoneIsRestarted()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 14);
        await cluster.SpawnReadersAsync(10, text.Path, linesPerSecond: 100, checkpointEvery: 10);

        await Signals.SendAsync("KILL", cluster.StorePid);

        await NobodyNoticesAsync(cluster);
    }

    [Fact(Explicit = true)]
    public async Task RedisFrozenForLongerThanTheTimeout_NoAgentFailsAndNoneIsRestarted()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Redis, silos: 2, SiloCluster.NoMoves);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 15);
        await cluster.SpawnReadersAsync(10, text.Path, linesPerSecond: 100, checkpointEvery: 10);

        await cluster.Redis!.FreezeAsync();

        // How long the outage lasts is the fault itself: longer than the timeout, so that every deadline passes in it.
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        await cluster.Redis.ThawAsync();

        await NobodyNoticesAsync(cluster);
    }

    /// <summary>Each agent gets on by some checkpoints more, and by then every deadline of the outage would have been judged.</summary>
    private static async Task NobodyNoticesAsync(SiloCluster cluster) =>
        Assert.All(await cluster.GetOnAsync(), a => Assert.Equal(("healthy", 0, 1), (a.Status, a.Failures, a.Incarnation)));
}
