namespace OrleansHealing.Silo.Healing;

/// <summary>An upgrade as it is done: every silo is stopped in good order and replaced, one after the other.</summary>
public sealed class RollingRestartTests
{
    private const int Agents = 9;

    [Theory(Explicit = true), CombinedStores]
    public async Task RollingRestart_OfEverySilo_CountsNoFailureAndLosesNoLine(StoreKind store)
    {
        await using var cluster = await SiloCluster.StartAsync(store, silos: 3);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 21);

        // They save at no time but when they are told to leave, so that a place that was lost would show.
        await cluster.SpawnReadersAsync(Agents, text.Path, linesPerSecond: 100, checkpointEvery: 1_000_000);
        await Eventually.SeeAsync("readers that have read", cluster.AgentsAsync, all => all.All(a => a.Lines > 0));

        foreach (var old in cluster.Silos.ToList())
        {
            var read = (await cluster.AgentsAsync()).ToDictionary(a => a.Id, a => a.Lines);
            Assert.Equal(0, await old.TerminateAsync());
            await cluster.AddSiloAsync();
            var moved = await Eventually.SeeAsync(
                $"{Agents} healthy agents elsewhere than on {old.Name}",
                cluster.AgentsAsync,
                all => all.Count(a => a.Status == "healthy" && a.Silo != old.Name && a.Lines > 0) == Agents);
            Assert.All(moved, a => Assert.True(a.Lines >= read[a.Id], $"{a.Id} went back from line {read[a.Id]} to {a.Lines}"));
        }

        var moves = 0;
        foreach (var agent in await cluster.AgentsAsync())
        {
            var actions = (await cluster.ActionsAsync(agent.Id)).Select(a => $"{a.GetProperty("action").GetString()} {a.GetProperty("reason").GetString()}").ToList();
            Assert.Equal(["spawned spawned", "recovered started"], actions.Take(2));
            Assert.All(actions.Skip(2), a => Assert.True(a is "restarting drained" or "recovered first-heartbeat", $"{agent.Id}: {a}"));
            Assert.Equal((0, null, actions.Count(a => a is "restarting drained") + 1), (agent.Failures, agent.LastReason, (int)agent.Incarnation));
            Assert.InRange(agent.Incarnation, 2, long.MaxValue);
            text.AssertCountedSoFar(agent);
            moves += (int)agent.Incarnation - 1;
        }

        var overview = await cluster.GetAsync("/overview");
        Assert.Equal((0, moves), (overview.GetProperty("failures").GetInt32(), overview.GetProperty("restarts").GetInt32()));
        Assert.Equal(
            ["silo-4", "silo-5", "silo-6"],
            (await cluster.GetAsync("/silos")).GetProperty("items").EnumerateArray().Select(s => s.GetProperty("name").GetString()).Order());
    }
}
