using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>
/// The shipped alerts in a real Prometheus on real silos: that what they ask for is what is there when it happens, labels and all, which
/// promtool cannot know.
/// </summary>
public sealed class LiveAlertsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact(Explicit = true)]
    public async Task Alerts_OfWhatIsMadeToHappen_FireForItAndResolve()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await SiloCluster.StartOnAsync(redis.ConnectionString, silos: 2, SiloProgram.WithFaultyKinds, "--Healing:StoreTimeout=00:00:01");
        await using var prometheus = await PrometheusServer.StartAsync(cluster.Silos.Select(s => new Uri(s.Url!).Authority));
        await cluster.SpawnAsync("doomed", "well-behaved", new { }, new { maxRestarts = 1 });
        await cluster.SeeAgentAsync("doomed", "to be healthy", a => a.Status == "healthy");
        await cluster.SpawnAsync("stubborn", "ignores-cancellation", new { afterSeconds = 0.1 }, new { stopSeconds = 0.2 });
        var stubborn = await cluster.SeeAgentAsync("stubborn", "to be at work", a => a.Status == "healthy" && a.Shown() == 1);
        await SeeAsync("only what is there at first", alerts => alerts.Count == 0);

        await cluster.PostAsync("/agents/doomed/crash", new { mode = "exception" });
        await cluster.PostAsync("/agents/stubborn/restart");
        await SeeAsync("the quarantine and the abandoned body", alerts => alerts.Contains("HealingAgentsQuarantined ")
            && alerts.Contains($"HealingBodiesAbandoned {AuthorityOf(stubborn.Silo!)}"));
        await cluster.PostAsync("/agents/doomed/release");
        await SeeAsync("the quarantine to be over", alerts => !alerts.Any(a => a.StartsWith("HealingAgentsQuarantined", StringComparison.Ordinal)));

        var (lost, kept) = (cluster.Silo(stubborn.Silo!), cluster.Silos.Single(s => s.Name != stubborn.Silo));
        await lost.KillAsync();
        await SeeAsync("the killed silo", alerts => alerts.Contains($"HealingSiloMissing {new Uri(lost.Url!).Authority}") && alerts.Count == 1);

        await redis.FreezeAsync();
        await SeeAsync("the store and the supervisor that waits for it", alerts =>
            alerts.Contains($"HealingStoreOutOfReach {new Uri(kept.Url!).Authority}") && alerts.Contains("HealingSupervisorStalled "));
        await redis.ThawAsync();
        await SeeAsync("all but the killed silo to be over", alerts => alerts.Count == 1);

        string AuthorityOf(string name) => new Uri(cluster.Silo(name).Url!).Authority;

        Task SeeAsync(string awaited, Func<IReadOnlyList<string>, bool> isIt) => Eventually.SeeAsync(awaited, FiringAsync, isIt, Patience);

        async Task<IReadOnlyList<string>> FiringAsync() =>
        [
            .. (await prometheus.AskAsync("alerts")).GetProperty("alerts").EnumerateArray().Where(a => a.GetProperty("state").GetString() == "firing")
                .Select(a => a.GetProperty("labels"))
                .Select(l => $"{l.GetProperty("alertname").GetString()} {(l.TryGetProperty("instance", out var instance) ? instance.GetString() : "")}"),
        ];
    }
}
