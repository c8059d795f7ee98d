using System.Diagnostics;
using OrleansHealing.BenchmarkNode;
using OrleansHealing.Benchmarks.Contenders;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// From the start of a silo's process until its first agent is healthy: one that is spawned as soon as the silo is up, and one that waits in
/// the store since the whole cluster was killed. Against the process of a bare Orleans silo with the first heartbeat of its first worker.
/// </summary>
internal static class ColdStartBenchmark
{
    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, int rounds, CancellationToken cancellation)
    {
        var (fresh, again, bare) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            await using var fleet = await Fleet.StartNodesAsync(store, 0);
            var database = fleet.Store.GetDatabase();
            var clock = Stopwatch.StartNew();
            await fleet.AddSiloAsync();
            await fleet.PostAsync("/agents", new { id = "first", kind = "idle" });
            await Fleet.UntilAsync("a healthy agent", async () => await database.SortedSetLengthAsync("healing:{0}:status:healthy") == 1);
            fresh.Add(clock.Elapsed.TotalSeconds);

            fleet.Kill(fleet.Silos.Single());
            clock.Restart();
            await fleet.AddSiloAsync();
            await Fleet.UntilAsync("its next incarnation", async () => await fleet.CountAsync("recoveries") >= 1);
            again.Add(clock.Elapsed.TotalSeconds);
            bare.Add(await BareAsync(cancellation));
        }

        return
        [
            new(store, $"process start to the first healthy agent, median of {rounds}", Report.Percentile(fresh, 0.5), "s", "< 3"),
            new(store, "the same after kill -9 of the whole cluster, the agent in the store", Report.Percentile(again, 0.5), "s"),
            new("plain Orleans", "process start to the first heartbeat of a worker", Report.Percentile(bare, 0.5), "s"),
        ];
    }

    private static async Task<double> BareAsync(CancellationToken cancellation)
    {
        await using var node = await BareNode.CreateAsync();
        var clock = Stopwatch.StartNew();
        await node.StartAsync(isBare: false);
        await node.SpawnAsync(1, cancellation);
        await Fleet.UntilAsync("a heartbeat", () => node.Database.KeyExistsAsync(PeerStore.Bodies));
        return clock.Elapsed.TotalSeconds;
    }
}
