using System.Diagnostics;
using System.Text.Json;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// Crashes agents one after the other and takes the time from the crash to the first accepted beat of the next incarnation,
/// twice: as the system says (both ends stamped in the store's time: where the body threw, and in the first heartbeat that the
/// store accepted), and as an observer outside sees it (from before the request that forces the crash until the store holds
/// the new incarnation's heartbeat, which adds the request and the observer's own round trips).
/// </summary>
internal static class RecoveryBenchmark
{
    private const int WarmUp = 20;

    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, int silos, int crashes, CancellationToken cancellation)
    {
        await using var fleet = await Fleet.StartAsync(store, silos);
        var path = Path.Combine(fleet.Root, "text.txt");
        await File.WriteAllLinesAsync(path, Enumerable.Repeat("one two three four", 100_000), cancellation);
        for (var i = 0; i < crashes + WarmUp; i++)
        {
            await fleet.PostAsync("/agents", new { id = $"a{i}", kind = "data-processing", settings = new { path, linesPerSecond = 1 } });
        }

        await fleet.HealthyAsync(crashes + WarmUp);
        var database = fleet.Store.GetDatabase();
        var samples = new List<double>();
        var observed = new List<double>();
        for (var i = 0; i < crashes + WarmUp; i++)
        {
            var clock = Stopwatch.StartNew();
            await fleet.PostAsync($"/agents/a{i}/crash", new { mode = "exception" });
            while (Read(await database.HashGetAsync("healing:{0}:heartbeats", $"a{i}")).GetProperty("incarnation").GetInt64() != 2)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var seen = clock.Elapsed.TotalMilliseconds;
            await Fleet.UntilAsync($"a{i} to be healthy", async () =>
                Read(await database.HashGetAsync("healing:{0}:states", $"a{i}")).GetProperty("status").GetString() == "healthy");
            if (i >= WarmUp)
            {
                observed.Add(seen);
                samples.Add(await RecoveredAfterAsync(fleet, $"a{i}"));
            }
        }

        var ping = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            ping.Add((await database.PingAsync()).TotalMilliseconds);
        }

        var roundTrip = Report.Percentile(ping, 0.5);
        var median = Report.Percentile(samples, 0.5);
        var scope = $"crash to first beat, {silos} silo(s), n={samples.Count}";
        return
        [
            new(store, $"{scope}: p50", median, "ms", "< 20"),
            new(store, $"{scope}: p90", Report.Percentile(samples, 0.9), "ms"),
            new(store, $"{scope}: p99", Report.Percentile(samples, 0.99), "ms", "< 100"),
            new(store, $"{scope}: max", samples.Max(), "ms"),
            new(store, "seen from outside, with the request: p50", Report.Percentile(observed, 0.5), "ms"),
            new(store, "seen from outside, with the request: p99", Report.Percentile(observed, 0.99), "ms"),
            new(store, "store round trip: p50", roundTrip, "ms"),
            new(store, "p50 in store round trips", median / roundTrip, ""),
        ];
    }

    /// <summary>What the action log says of the recovery, to a tenth of a millisecond.</summary>
    private static async Task<double> RecoveredAfterAsync(Fleet fleet, string id)
    {
        var details = await fleet.GetAsync($"/agents/{id}");
        var text = details.GetProperty("actions").EnumerateArray()
            .First(a => a.GetProperty("action").GetString() == "recovered").GetProperty("details").GetString()!;
        var words = text.Split(' ');
        if (words[3] != "ms" || words[2].Length > 4)
        {
            // Slower than most: how, for whoever wants to know why.
            foreach (var action in details.GetProperty("actions").EnumerateArray().Reverse())
            {
                await Console.Error.WriteLineAsync(
                    $"{id} {action.GetProperty("at").GetString()} {action.GetProperty("action").GetString()} {action.GetProperty("details").GetString()}");
            }
        }

        var value = double.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture);
        return words[3] == "ms" ? value : value * 1000;
    }

    private static JsonElement Read(StackExchange.Redis.RedisValue value) => JsonSerializer.Deserialize<JsonElement>(value.ToString());
}
