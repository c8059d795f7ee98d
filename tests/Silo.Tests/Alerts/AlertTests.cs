using OrleansHealing.Silo.Healing;
using OrleansHealing.Tests.Alerts;

namespace OrleansHealing.Silo.Alerts;

/// <summary>Real silos and a receiver of alerts that fails: each alert arrives, and its end (G13).</summary>
public sealed class AlertTests
{
    private static readonly object OneFailure = new { maxRestarts = 1 };

    [Fact]
    public Task SinkAnswersErrorsAndTheSupervisorsSiloIsKilled_EachQuarantineAndItsEndArriveOnce() =>
        SinkFailsAsync(StoreKind.Redis, TimeSpan.FromSeconds(6));

    [Theory(Explicit = true)]
    [CombinedStores]
    public Task SinkAnswersErrorsForAMinute_EachQuarantineAndItsEndArriveOnce(StoreKind store) => SinkFailsAsync(store, TimeSpan.FromSeconds(60));

    [Fact]
    public async Task StoreIsGone_OneSiloTellsItAndItsEnd()
    {
        await using var receiver = await ReceiverOfAlerts.OpenAsync();
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Redis, silos: 2, [.. Options(receiver), "--Healing:Alerts:StoreAfter=00:00:05"]);

        await cluster.Redis!.KillAsync();
        await receiver.SeeAsync("store-out-of-reach", firing: 1, resolved: 0);
        await cluster.Redis.RunAsync();

        await receiver.SeeAsync("store-out-of-reach", firing: 1, resolved: 1);
        Assert.Equal(2, receiver.Accepted.Count);
    }

    private static async Task SinkFailsAsync(StoreKind store, TimeSpan span)
    {
        await using var receiver = await ReceiverOfAlerts.OpenAsync();
        await using var cluster = await SiloCluster.StartAsync(store, silos: 2, Options(receiver));
        var text = TextFile.Create(cluster.Root, bytes: 1_000_000, seed: 3);
        var ids = Enumerable.Range(1, 3).Select(i => $"reader-{i}").ToList();
        foreach (var id in ids)
        {
            await cluster.SpawnAsync(id, "data-processing", new { path = text.Path, linesPerSecond = 5 }, OneFailure);
        }

        receiver.Otherwise = ReceiverOfAlerts.Status(500);
        var failingSince = System.Diagnostics.Stopwatch.StartNew();
        await GiveUpAsync(ids[0]);
        await receiver.SeeTriedAsync(ids[0]);

        await cluster.Silo(await cluster.SupervisorAsync()).KillAsync();
        await GiveUpAsync(ids[1]);
        await GiveUpAsync(ids[2]);

        // While the sink fails, the one that is tried is the oldest: that the next supervisor tries at all shows that it took the outbox over.
        var tried = receiver.Requests.Count;
        await Eventually.TrueAsync("the next supervisor to try as well, for all of the time", () => receiver.Requests.Count > tried && failingSince.Elapsed > span);
        Assert.Empty(receiver.Accepted);
        receiver.Otherwise = ReceiverOfAlerts.Status(200);
        foreach (var id in ids)
        {
            await cluster.PostAsync($"/agents/{id}/release");
        }

        foreach (var id in ids)
        {
            await receiver.SeeAsync(id, firing: 1, resolved: 1);
        }

        Assert.Equal(2 * ids.Count, receiver.Accepted.Count);
        Assert.All(receiver.Accepted.GroupBy(a => a.Key), key => Assert.Equal(["firing", "resolved"], key.Select(a => a.State)));

        async Task GiveUpAsync(string id)
        {
            await Eventually.SeeAsync(
                $"{id} to have a body that can be crashed", () => cluster.SendAsync(HttpMethod.Post, $"/agents/{id}/crash", new { mode = "exception" }), r => r.IsSuccessStatusCode);
            await cluster.SeeAgentAsync(id, "to be quarantined", a => a.Status == "quarantined");
        }
    }

    private static string[] Options(ReceiverOfAlerts receiver) =>
    [
        "--Healing:Alerts:Sinks:0:Name=hook", "--Healing:Alerts:Sinks:0:Kind=webhook", $"--Healing:Alerts:Sinks:0:Url={receiver.Url}",
        "--Healing:Alerts:Sinks:0:Key=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "--Healing:Alerts:ResolveAfter=00:00:01", SiloCluster.NoMoves,
    ];
}
