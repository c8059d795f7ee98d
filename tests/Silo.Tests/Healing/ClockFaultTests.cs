namespace OrleansHealing.Silo.Healing;

/// <summary>
/// Silos whose wall clocks are wrong, or step while they run. Deadlines are in the store's time and spans on monotonic clocks, so
/// nobody is restarted for it, and who does fail is noticed as always.
/// </summary>
public sealed class ClockFaultTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact(Explicit = true)]
    public async Task SilosAnHourApart_NoAgentIsRestartedAndWhoFailsIsNoticed()
    {
        await using var cluster = SiloCluster.On(await RedisServer.StartAsync());
        foreach (var offset in new[] { Hour, TimeSpan.Zero, -Hour })
        {
            cluster.Program = FakeClock.Create(cluster.Root, $"clock{offset.TotalHours}", offset).Program;
            var silo = await cluster.AddSiloAsync(SiloCluster.NoMoves);
            await ClockIsAsync(cluster, silo, offset);
        }

        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 21);
        await cluster.SpawnReadersAsync(12, text.Path, linesPerSecond: 100, checkpointEvery: 10);

        await NobodyNoticesAsync(cluster);
        await WhoFailsIsNoticedAsync(cluster);
    }

    [Fact(Explicit = true)]
    public async Task ClockOfARunningSiloSteps_NoAgentIsRestartedAndWhoFailsIsNoticed()
    {
        await using var cluster = SiloCluster.On(await RedisServer.StartAsync());
        var clock = FakeClock.Create(cluster.Root, "clock", TimeSpan.Zero);
        cluster.Program = clock.Program;
        var stepping = await cluster.AddSiloAsync(SiloCluster.NoMoves);
        cluster.Program = SiloProgram.Real;
        await cluster.AddSiloAsync(SiloCluster.NoMoves);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 22);
        await cluster.SpawnReadersAsync(8, text.Path, linesPerSecond: 100, checkpointEvery: 10);

        foreach (var offset in new[] { 2 * Hour, -2 * Hour, TimeSpan.Zero })
        {
            clock.Step(offset);
            await ClockIsAsync(cluster, stepping, offset);
            await NobodyNoticesAsync(cluster);
        }

        clock.Step(24 * Hour);
        await ClockIsAsync(cluster, stepping, 24 * Hour);
        await WhoFailsIsNoticedAsync(cluster);
    }

    /// <summary>What its web server writes into every answer is the wall clock that the process sees.</summary>
    private static Task<TimeSpan> ClockIsAsync(SiloCluster cluster, SiloProcess silo, TimeSpan offset) => Eventually.SeeAsync(
        $"the clock of {silo.Name} to be {offset} ahead",
        async () => await cluster.ClockOfAsync(silo) - DateTimeOffset.UtcNow - offset,
        error => error.Duration() < TimeSpan.FromMinutes(1));

    /// <summary>Each agent gets on by more work than fits into a timeout.</summary>
    private static async Task NobodyNoticesAsync(SiloCluster cluster)
    {
        var before = (await cluster.AgentsAsync()).ToDictionary(a => a.Id, a => a.Lines);
        await Eventually.SeeAsync("seven seconds of work more", cluster.AgentsAsync, all => all.All(a => a.Lines > before[a.Id] + 700));
        Assert.All(await cluster.AgentsAsync(), a => Assert.Equal(("healthy", 0, 1L), (a.Status, a.Failures, a.Incarnation)));
        Assert.All(cluster.Silos, s => Assert.True(s.IsAlive));
    }

    /// <summary>One agent of each silo falls silent, and is restarted within Eventually's patience, not hours later.</summary>
    private static async Task WhoFailsIsNoticedAsync(SiloCluster cluster)
    {
        var victims = (await cluster.AgentsAsync()).GroupBy(a => a.Silo).Select(g => g.First().Id).ToList();
        Assert.Equal(cluster.Silos.Count, victims.Count);
        await Task.WhenAll(victims.Select(id => cluster.PostAsync($"/agents/{id}/crash", new { mode = "silent" })));

        await Eventually.SeeAsync(
            "those that fell silent to beat again",
            cluster.AgentsAsync,
            all => all.Count(a => victims.Contains(a.Id) && a is { Status: "healthy", Incarnation: 2, LastReason: "silent" }) == victims.Count);
        Assert.All(
            (await cluster.AgentsAsync()).Where(a => !victims.Contains(a.Id)), a => Assert.Equal(("healthy", 0, 1L), (a.Status, a.Failures, a.Incarnation)));
    }
}
