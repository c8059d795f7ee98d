namespace OrleansHealing.Silo.Healing;

/// <summary>
/// A redis-server is gone for half a minute. Nobody fails of it, and whoever was not heard of gets a full timeout after its return;
/// who died in it is noticed then.
/// </summary>
internal static class LostStore
{
    private const int Readers = 8;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static async Task PlayAsync(LongFaults.Story story)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await SiloCluster.StartOnAsync(redis.ConnectionString, silos: 2, SiloProgram.WithFaultyKinds);
        story.Cluster = cluster;
        var text = TextFile.Create(cluster.Root, bytes: 3_000_000, seed: 23);
        var order = Path.Combine(cluster.Root, "die");
        await cluster.SpawnReadersAsync(Readers, text.Path, linesPerSecond: 100, checkpointEvery: 25);
        await cluster.SpawnAsync("mortal", "throws-on-file", new { path = order, afterSeconds = 0.1 });
        await cluster.SpawnAsync("mute", "well-behaved", new { });
        await Eventually.SeeAsync("everybody to be healthy", cluster.AgentsAsync, all => all.Count(a => a.Status == "healthy") == Readers + 2);
        await using var witness = new Witness(cluster);

        // The last that is heard of it, so that its deadline passes in the outage.
        await cluster.PostAsync("/agents/mute/crash", new { mode = "silent" });
        await redis.KillAsync();
        await File.WriteAllTextAsync(order, "", TestContext.Current.CancellationToken);
        foreach (var silo in cluster.Silos)
        {
            await cluster.AnswersAsync(silo, "/alive", 200);
            await cluster.AnswersAsync(silo, "/health", 503);
        }

        // How long it lasts is the fault itself.
        await Task.Delay(Length, TestContext.Current.CancellationToken);
        var back = DateTimeOffset.UtcNow;
        await redis.RunAsync();

        await DiedAsync(cluster, "mortal", "crashed");
        var mute = await DiedAsync(cluster, "mute", "silent");
        Assert.True(mute - back >= Timeout, $"Who is silent was given up on {mute - back} after the store was started again");
        Assert.All(await GetOnAsync(cluster), a => Assert.Equal(("healthy", 0, 1), (a.Status, a.Failures, a.Incarnation)));
        foreach (var silo in cluster.Silos)
        {
            await cluster.AnswersAsync(silo, "/health", 200);
        }

        await witness.SawNothingWrongAsync();
    }

    /// <summary>Each reader, once it has got on by some checkpoints: whatever the outage left to be judged has been by then.</summary>
    private static async Task<IReadOnlyList<AgentSeen>> GetOnAsync(SiloCluster cluster)
    {
        var before = (await ReadersAsync(cluster)).ToDictionary(a => a.Id, a => a.Lines);
        return await Eventually.SeeAsync(
            $"{Readers} readers to get on by 500 lines",
            () => ReadersAsync(cluster),
            all => all.Count == Readers && all.All(a => a.Lines > before[a.Id] + 500));
    }

    private static async Task<List<AgentSeen>> ReadersAsync(SiloCluster cluster) =>
        [.. (await cluster.AgentsAsync()).Where(a => a.Id.StartsWith("agent", StringComparison.Ordinal))];

    /// <returns>When that was noticed.</returns>
    private static async Task<DateTimeOffset> DiedAsync(SiloCluster cluster, string id, string reason)
    {
        var healed = await cluster.SeeAgentAsync(id, "to be replaced", a => a is { Status: "healthy", Incarnation: 2 });
        Assert.Equal((reason, 1), (healed.LastReason, healed.Failures));
        var failed = Assert.Single(await cluster.ActionsAsync(id), a => a.GetProperty("action").GetString() == "failed");
        return failed.GetProperty("at").GetDateTimeOffset();
    }
}
