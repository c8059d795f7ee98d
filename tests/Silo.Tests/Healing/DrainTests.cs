namespace OrleansHealing.Silo.Healing;

/// <summary>Silos that a person has emptied before they are stopped.</summary>
public sealed class DrainTests
{
    [Theory(Explicit = true), CombinedStores]
    public async Task Drain_OneOfThree_MovesItsAgentsFromTheirCheckpointsAndGivesItNoOther(StoreKind store)
    {
        await using var cluster = await SiloCluster.StartAsync(store, silos: 3, "--Healing:MovesPerSecond=3");
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 31);
        var before = await cluster.SpawnReadersAsync(15, text.Path, linesPerSecond: 20, checkpointEvery: 1_000_000);
        var drained = cluster.Silos[0];
        await Eventually.SeeAsync("readers that have read", cluster.AgentsAsync, all => all.All(a => a.Lines > 0));
        var read = (await cluster.AgentsAsync()).ToDictionary(a => a.Id, a => a.Lines);

        await cluster.PostAsync($"/silos/{drained.Name}/drain", new { reason = "upgrade" });
        await cluster.PostAsync($"/silos/{drained.Name}/drain");

        await SeeSiloAsync(cluster, drained, "to be drained", s => s is { Status: "drained", Agents: 0 });
        var after = await Eventually.SeeAsync(
            $"15 healthy agents elsewhere than on {drained.Name}",
            cluster.AgentsAsync,
            all => all.Count(a => a.Status == "healthy" && a.Silo != drained.Name && a.Lines > 0) == 15);
        Assert.All(after, a => Assert.Equal((0, null, before.Single(b => b.Id == a.Id).Silo == drained.Name ? 2 : 1), (a.Failures, a.LastReason, a.Incarnation)));
        Assert.All(after, a => Assert.True(a.Lines >= read[a.Id], $"{a.Id} went back from line {read[a.Id]} to {a.Lines}"));
        Assert.All(after, text.AssertCountedSoFar);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => cluster.SpawnAsync($"late-{i}", "data-processing", new { path = text.Path, linesPerSecond = 5 })));
        await cluster.PostAsync("/agents/agent-00/crash", new { mode = "exception" });
        var all = await Eventually.SeeAsync("21 healthy agents", cluster.AgentsAsync, all => all.Count(a => a.Status == "healthy") == 21 && all.Sum(a => a.Failures) == 1);
        Assert.DoesNotContain(all, a => a.Silo == drained.Name);

        // The order is about that process: a silo of the same name is another one.
        Assert.Equal(0, await drained.TerminateAsync());
        var next = await cluster.AddNamedSiloAsync(drained.Name!, "--Healing:MovesPerSecond=3");
        await SeeSiloAsync(cluster, next, "to be given agents", s => s is { Status: "active", Agents: > 0 });
    }

    [Fact(Explicit = true)]
    public async Task Drain_TakenBack_GetsAgentsAgain()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 2);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 32);
        await cluster.SpawnReadersAsync(6, text.Path);
        var (first, second) = (cluster.Silos[0], cluster.Silos[1]);
        await cluster.PostAsync($"/silos/{first.Name}/drain");
        await SeeSiloAsync(cluster, first, "to be drained", s => s.Status == "drained");

        using (var refused = await cluster.SendAsync(HttpMethod.Post, $"/silos/{second.Name}/drain", null))
        {
            Assert.Equal(409, (int)refused.StatusCode);
            Assert.Contains("is the only one that takes agents", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        using (var undone = await cluster.SendAsync(HttpMethod.Delete, $"/silos/{first.Name}/drain", null))
        {
            Assert.True(undone.IsSuccessStatusCode);
        }

        await SeeSiloAsync(cluster, first, "to be given agents", s => s is { Status: "active", Agents: >= 2 });
        Assert.All(await cluster.AgentsAsync(), a => Assert.Equal((0, null), (a.Failures, a.LastReason)));
    }

    [Fact(Explicit = true)]
    public async Task Drain_SupervisorsSiloKilledMeanwhile_IsGoneOnWithByTheNextOne()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 3, "--Healing:MovesPerSecond=1");
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 33);
        await cluster.SpawnReadersAsync(18, text.Path);
        var supervisor = await cluster.SupervisorAsync();
        var drained = cluster.Silos.First(s => s.Name != supervisor);
        var other = cluster.Silos.Single(s => s != drained && s.Name != supervisor);

        await cluster.PostAsync($"/silos/{drained.Name}/drain");
        await SeeSiloAsync(cluster, drained, "to have lost some agents", s => s is { Status: "draining", Agents: < 6 });
        await cluster.Silo(supervisor).KillAsync();

        await SeeSiloAsync(cluster, drained, "to be drained", s => s.Status == "drained");
        var after = await Eventually.SeeAsync(
            "18 healthy agents on the one silo that takes some", cluster.AgentsAsync, all => all.Count(a => a.Status == "healthy" && a.Silo == other.Name) == 18);
        Assert.All(after, a => Assert.Equal(0, a.Failures));
    }

    private static Task<SiloSeen> SeeSiloAsync(SiloCluster cluster, SiloProcess silo, string awaited, Func<SiloSeen, bool> isIt) => Eventually.SeeAsync(
        $"{silo.Name} {awaited}",
        async () =>
        {
            var all = (await cluster.GetAsync("/silos")).GetProperty("items").EnumerateArray();
            return all.Where(s => s.GetProperty("url").GetString() == silo.Url)
                .Select(s => new SiloSeen(s.GetProperty("status").GetString()!, s.GetProperty("agents").GetInt64()))
                .LastOrDefault(new SiloSeen("unknown", 0));
        },
        isIt);

    private sealed record SiloSeen(string Status, long Agents);
}
