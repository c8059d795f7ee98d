namespace OrleansHealing.Silo.Healing;

/// <summary>
/// A silo that is cut off, on machines of their own: from the store, from the other silos, from both. Its agents beat elsewhere,
/// each under one new incarnation, and when the network is whole again the silo that was cut off ends itself and changes nothing.
/// </summary>
public sealed class NetworkFaultTests
{
    private const int Agents = 12;

    /// <summary>From what the silo is cut off.</summary>
    [Flags]
    public enum Cut
    {
        /// <summary>The store.</summary>
        Store = 1,

        /// <summary>The other silos.</summary>
        Silos = 2,

        /// <summary>The store and the other silos.</summary>
        Both = Store | Silos,
    }

    [Theory]
    [InlineData(Cut.Store, false, Explicit = true)]
    [InlineData(Cut.Store, true, Explicit = true)]
    [InlineData(Cut.Silos, true, Explicit = true)]
    [InlineData(Cut.Both, false, Explicit = true)]
    public async Task SiloCutOff_ItsAgentsBeatElsewhereAndItsWritesAreRefused(Cut cut, bool isSupervisors)
    {
        await using var lab = await NetworkLab.CreateAsync();
        await using var cluster = SiloCluster.On(await RedisServer.StartAsync("--bind", "127.0.0.1", lab.StoreAddress, "--protected-mode", "no"));
        for (var machine = 0; machine < 3; machine++)
        {
            (cluster.Program, var options) = await lab.AddMachineAsync(cluster.Redis!);
            await cluster.AddSiloAsync([.. options, SiloCluster.NoMoves]);
        }

        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 31);
        var before = (await cluster.SpawnReadersAsync(Agents, text.Path, linesPerSecond: 20, checkpointEvery: 5)).ToDictionary(a => a.Id);
        var supervisor = await cluster.SupervisorAsync();
        var index = Enumerable.Range(0, 3).First(i => cluster.Silos[i].Name == supervisor == isSupervisors);
        var silo = cluster.Silos[index];
        var witness = cluster.Silos.First(s => s != silo);

        await (cut.HasFlag(Cut.Store) ? lab.CutFromStoreAsync(index) : Task.CompletedTask);
        await (cut.HasFlag(Cut.Silos) ? lab.CutFromSilosAsync(index) : Task.CompletedTask);

        var moved = await Eventually.SeeAsync(
            "all agents healthy on the silos that are left",
            () => cluster.AgentsAsync(witness),
            all => all.Count(a => a.Status == "healthy" && a.Silo != silo.Name) == Agents);
        Assert.All(moved, a => Assert.Equal((0, before[a.Id].Incarnation + (before[a.Id].Silo == silo.Name ? 1 : 0)), (a.Failures, a.Incarnation)));

        await lab.HealAsync(index);
        await silo.EndedAsync();

        var after = await cluster.AgentsAsync(witness);
        Assert.Equal(moved.Select(a => (a.Id, a.Incarnation, a.Silo)), after.Select(a => (a.Id, a.Incarnation, a.Silo)));
        await EveryCheckpointIsInOrderAsync(cluster);
    }

    /// <summary>Newest first, no checkpoint is of an older incarnation than the one before it: nothing of a superseded body got in.</summary>
    private static async Task EveryCheckpointIsInOrderAsync(SiloCluster cluster)
    {
        foreach (var agent in await cluster.AgentsAsync())
        {
            var incarnations = (await cluster.GetAsync($"/agents/{agent.Id}")).GetProperty("checkpoints").EnumerateArray()
                .Select(c => c.GetProperty("incarnation").GetInt64()).ToList();
            Assert.Equal(incarnations.OrderDescending(), incarnations);
        }
    }
}
