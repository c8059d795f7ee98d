using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// How much later than the deadline itself the supervisor decides that a silent agent has failed, in fleets of several sizes, and what it
/// takes of the processor while nobody is due. All but some of the agents are quiet; those beat until they fall silent, one after the other.
/// </summary>
internal static class LatenessBenchmark
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(0.4);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(97);

    /// <summary>The supervisor distrusts silence while it is new; and the processor is looked at meanwhile.</summary>
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(15);

    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, int[] sizes, int failures, CancellationToken cancellation)
    {
        var figures = new List<Figure>();
        foreach (var size in sizes)
        {
            figures.AddRange(await RunAsync(store, size, failures, cancellation));
        }

        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> RunAsync(string store, int size, int failures, CancellationToken cancellation)
    {
        await using var fleet = await Fleet.StartNodesAsync(store, 1, database => StoredAgents.WriteQuietAsync(database, size - failures));
        var silo = fleet.Silos.Single();
        var (cpu, memory) = await IdleAsync(fleet, silo, cancellation);

        var database = fleet.Store.GetDatabase();
        var agents = Enumerable.Range(0, failures).Select(i => AgentId.Parse($"silent-{i:000}")).ToArray();
        foreach (var id in agents)
        {
            await fleet.PostAsync("/agents", new
            {
                id = id.Value,
                kind = ExternalAgentExtensions.Kind,
                policy = new { heartbeatSeconds = Heartbeat.TotalSeconds, timeoutSeconds = Timeout.TotalSeconds, startupSeconds = 60 },
            });
        }

        var deadlines = await BeatUntilSilentAsync(fleet, database, agents, cancellation);
        await Fleet.UntilAsync("all to have failed", async () => await fleet.CountAsync("failures") >= failures);
        var late = new List<double>();
        foreach (var id in agents)
        {
            var details = await fleet.GetAsync($"/agents/{id}");
            var failed = details.GetProperty("actions").EnumerateArray().Last(a => a.GetProperty("action").GetString() == "failed");
            late.Add((failed.GetProperty("at").GetDateTimeOffset() - deadlines[id]).TotalMilliseconds);
        }

        var scope = $"{size} agents";
        return
        [
            new(store, $"{scope}: decided after the deadline, n={failures}: p50", Report.Percentile(late, 0.5), "ms"),
            new(store, $"{scope}: decided after the deadline: p99", Report.Percentile(late, 0.99), "ms", "< 50"),
            new(store, $"{scope}: decided before the deadline", late.Count(l => l < 0), "", "0"),
            new(store, $"{scope}: the idle silo with its supervisor", cpu * 100, "% of a core"),
            new(store, $"{scope}: the idle silo's memory", memory / 1e6, "MB"),
        ];
    }

    /// <returns>The share of a core, and the bytes, that a silo takes that has nothing to do.</returns>
    private static async Task<(double Cores, long Bytes)> IdleAsync(Fleet fleet, string silo, CancellationToken cancellation)
    {
        await Task.Delay(SettledAfter, cancellation);
        var before = fleet.CpuOf(silo);
        await Task.Delay(SettledAfter, cancellation);
        return ((fleet.CpuOf(silo) - before) / SettledAfter, fleet.MemoryOf(silo));
    }

    /// <summary>Each beats for a while, and falls silent a moment after the one before.</summary>
    /// <returns>When each would have to have been heard of, last.</returns>
    private static async Task<Dictionary<AgentId, DateTimeOffset>> BeatUntilSilentAsync(Fleet fleet, IDatabase database, AgentId[] agents, CancellationToken cancellation)
    {
        var deadlines = new StoreKeys(new HealingOptions().KeyPrefix, 0).Deadlines;
        using var http = new HttpClient();
        var url = fleet.UrlOf(fleet.Silos.Single());
        var last = new Dictionary<AgentId, DateTimeOffset>();
        await Task.WhenAll(agents.Select(async (id, i) =>
        {
            await Task.Delay(i * Apart, cancellation);
            for (var beat = 0; beat < 4; beat++)
            {
                using var response = await http.PostAsync($"{url}/api/v1/agents/{id}/heartbeat", Json("{\"incarnation\": 1}"), cancellation);
                response.EnsureSuccessStatusCode();
                await Task.Delay(Heartbeat, cancellation);
            }

            var deadline = await database.SortedSetScoreAsync(deadlines, StoreKeys.Member(id, 1));
            lock (last)
            {
                last[id] = DateTimeOffset.FromUnixTimeMilliseconds((long)deadline!);
            }
        }));
        return last;
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
