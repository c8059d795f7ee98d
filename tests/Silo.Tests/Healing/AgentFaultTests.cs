namespace OrleansHealing.Silo.Healing;

/// <summary>
/// Agents that take their silo with them, or starve it, on real silos: each is noticed for what it is and heals, and its neighbours
/// never notice more than the loss of their silo.
/// </summary>
public sealed class AgentFaultTests
{
    // The leaking body's own allocation fails first, or one of Orleans's, which ends the silo.
    private static readonly string[] ReasonsOfALeak = ["out-of-memory", "silo-lost"];

    [Fact(Explicit = true)]
    public async Task Body_ThatLeaksUntilItsProcessHasNoMemory_HealsAndSoDoItsNeighbours()
    {
        // The collector's own limit: beyond it every allocation of the process fails, whoever makes it.
        var limited = SiloProgram.WithFaultyKinds with { Environment = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x14000000" } };
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, limited);
        await cluster.SpawnAsync("leaks", "leaks", new { afterSeconds = 5 });
        await SpawnNeighboursAsync(cluster);
        cluster.Program = SiloProgram.WithFaultyKinds;
        await cluster.AddSiloAsync(SiloCluster.NoMoves);

        var healed = await cluster.SeeAgentAsync("leaks", "to work as incarnation 2", a => a is { Status: "healthy", Incarnation: >= 2 } && a.Shown() == a.Incarnation);

        Assert.Contains(healed.LastReason, ReasonsOfALeak);
        await NeighboursWorkAsync(cluster);
    }

    [Theory]
    [InlineData("throws-on-thread", Explicit = true)]
    [InlineData("exits-process", Explicit = true)]
    [InlineData("overflows-stack")]
    public async Task Body_ThatTakesItsSiloWithIt_HealsElsewhereAndSoDoItsNeighbours(string kind)
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 2, SiloProgram.WithFaultyKinds);
        await SpawnNeighboursAsync(cluster);
        await cluster.SpawnAsync("killer", kind, new { });

        var healed = await cluster.SeeAgentAsync("killer", "to work as incarnation 2", a => a is { Status: "healthy", Incarnation: >= 2 } && a.Shown() == a.Incarnation);

        Assert.Equal(1, cluster.Silos.Count(s => s.IsAlive));
        Assert.Equal(cluster.Silos.Single(s => s.IsAlive).Name, healed.Silo);

        // A process that exits by itself stops its silo in good order as far as it gets, so some may have been handed over.
        Assert.All(await NeighboursWorkAsync(cluster), a => Assert.Equal(0, a.Failures));
        Assert.Equal(0, healed.Failures);
    }

    [Fact(Explicit = true)]
    public async Task Body_ThatTakesEverySiloWithIt_IsTriedAloneLastAndThenQuarantinedAndTheClusterLives()
    {
        await using var cluster = await SiloCluster.StartAsync(
            StoreKind.Embedded, silos: 4, SiloProgram.WithFaultyKinds, SiloCluster.NoMoves, "--Healing:Probation=00:00:02");
        await SpawnNeighboursAsync(cluster);
        await NeighboursWorkAsync(cluster);

        await cluster.SpawnAsync("poison", "fails-fast", new { untilIncarnation = 1000 });

        var given = await cluster.SeeAgentAsync("poison", "to be quarantined", a => a.Status == "quarantined");
        Assert.Equal((3L, 0, "silo-lost"), (given.Incarnation, given.Failures, given.LastReason));
        var actions = await cluster.ActionsAsync("poison");
        Assert.Equal(
            ["failed silo-lost", "restarting silo-lost", "failed silo-lost", "backing-off trial", "restarting silo-lost", "failed silo-lost", "quarantined poison"],
            actions.Select(a => $"{a.GetProperty("action").GetString()} {a.GetProperty("reason").GetString()}")
                .Where(a => !a.StartsWith("spawned", StringComparison.Ordinal) && !a.StartsWith("recovered", StringComparison.Ordinal)));

        // Two silos before it was suspected, the one of its trial, and no other. Nobody else has anything to do with it.
        Assert.Equal(1, cluster.Silos.Count(s => s.IsAlive));
        Assert.All(await NeighboursWorkAsync(cluster), a => Assert.Equal(0, a.Failures));
    }

    [Fact]
    public async Task Body_ThatBlocksHundredsOfPoolThreads_HurtsNoNeighbour()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        await SpawnNeighboursAsync(cluster);
        await NeighboursWorkAsync(cluster);

        await cluster.SpawnAsync("eater", "eats-thread-pool", new { items = 200 });

        // It says so itself as soon as it can say anything again. Then each neighbour gets on by more work than fits into a timeout.
        await Eventually.SeeAsync("the starvation to be counted", () => AnswerAsync(cluster.MetricsAsync), seen => StarvationsIn(seen) > 0);
        var relieved = await Eventually.SeeAsync("all agents", () => AnswerAsync(cluster.AgentsAsync), seen => seen is { Count: 5 });
        var steps = relieved!.ToDictionary(a => a.Id, a => a.Steps());
        var after = await Eventually.SeeAsync(
            "every agent to get on by 60 steps",
            () => AnswerAsync(cluster.AgentsAsync),
            seen => seen is { Count: 5 } && seen.All(a => a.Id == "eater" || a.Steps() > steps[a.Id] + 60));
        Assert.All(after!, a => Assert.Equal((1L, 0, null), (a.Incarnation, a.Failures, a.LastReason)));
    }

    [Fact(Explicit = true)]
    public async Task Body_ThatBlocksMoreThreadsThanThePoolMayHave_LosesItsSiloAndTheNeighboursMoveOnce()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 2, SiloProgram.WithFaultyKinds, SiloCluster.NoMoves);
        await SpawnNeighboursAsync(cluster);
        await cluster.SpawnAsync("eater", "eats-thread-pool", new { items = 100_000, afterSeconds = 5 });
        await NeighboursWorkAsync(cluster);
        var eaten = (await cluster.SeeAgentAsync("eater", "to be at work", a => a.Status == "healthy")).Silo;
        var witness = cluster.Silos.Single(s => s.Name != eaten);

        var moved = await Eventually.SeeAsync(
            "everybody at work on the other silo",
            async () => await AnswerAsync(() => cluster.AgentsAsync(witness)),
            seen => seen is { Count: 5 } && seen.All(a => a.Status == "healthy" && a.Silo == witness.Name && a.Shown() == a.Incarnation));

        Assert.All(moved!, a => Assert.Equal((0, a.Incarnation == 1 ? null : "silo-lost"), (a.Failures, a.LastReason)));
        Assert.All(moved!, a => Assert.InRange(a.Incarnation, 1, 2));
    }

    /// <summary>An answer, or none while nobody answers.</summary>
    private static async Task<T?> AnswerAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException
            || (e is OperationCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static double StarvationsIn(string? metrics) => FaultySeen.Value(metrics, "healing_silo_pool_starvations");

    private static Task SpawnNeighboursAsync(SiloCluster cluster) =>
        Task.WhenAll(Enumerable.Range(0, 4).Select(i => cluster.SpawnAsync($"neighbour-{i}", "well-behaved", new { })));

    private static async Task<IReadOnlyList<AgentSeen>> NeighboursWorkAsync(SiloCluster cluster)
    {
        var all = await Eventually.SeeAsync(
            "4 neighbours that work",
            async () => (await cluster.AgentsAsync()).Where(a => a.Id.StartsWith("neighbour", StringComparison.Ordinal)).ToList(),
            seen => seen.Count(a => a.Status == "healthy" && a.Shown() == a.Incarnation) == 4);
        return all;
    }
}
