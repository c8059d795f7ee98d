using System.Diagnostics;
using System.Text.Json;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// Kills one of three silos with kill -9 and watches the store from outside until each of its agents beats under its next
/// incarnation. Times are the observer's; it looks every few milliseconds.
/// </summary>
internal static class SiloLossBenchmark
{
    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, int agents, CancellationToken cancellation)
    {
        await using var fleet = await Fleet.StartAsync(store, 3);
        await fleet.SpawnReadersAsync(agents, cancellation);
        var bySilo = (await fleet.AgentsAsync()).GroupBy(a => a.GetProperty("silo").GetString()!).ToDictionary(g => g.Key, g => g.ToArray());
        var supervisor = (await fleet.GetAsync("/overview")).GetProperty("supervisors")[0].GetProperty("silo").GetString()!;
        var lost = bySilo[supervisor].Select(a => a.GetProperty("id").GetString()!).ToHashSet();

        fleet.Kill(supervisor);
        var clock = Stopwatch.StartNew();
        var back = new Dictionary<string, (double Ms, long Incarnation)>();
        var database = fleet.Store.GetDatabase();
        while (back.Count < lost.Count && clock.Elapsed < TimeSpan.FromSeconds(120))
        {
            foreach (var entry in await database.HashGetAllAsync("healing:{0}:heartbeats"))
            {
                var id = entry.Name.ToString();
                if (lost.Contains(id) && !back.ContainsKey(id)
                    && JsonSerializer.Deserialize<JsonElement>(entry.Value.ToString()).GetProperty("incarnation").GetInt64() is > 1 and var incarnation)
                {
                    back[id] = (clock.Elapsed.TotalMilliseconds, incarnation);
                }
            }
        }

        await fleet.HealthyAsync(agents);
        var all = await fleet.AgentsAsync();
        var times = back.Values.Select(b => b.Ms / 1000).ToList();
        var scope = $"kill -9 of 1 of 3 silos with the supervisor, {lost.Count} agents";
        return
        [
            new(store, $"{scope}: half beat again", Report.Percentile(times, 0.5), "s"),
            new(store, $"{scope}: 99 %", Report.Percentile(times, 0.99), "s"),
            new(store, $"{scope}: all", times.Max(), "s", "< 5"),
            new(store, "agents not back", lost.Count - back.Count, "", "0"),
            new(store, "agents given more than one new incarnation", all.Count(a => lost.Contains(a.GetProperty("id").GetString()!) && a.GetProperty("incarnation").GetInt64() > 2), "", "0"),
            new(store, "agents of other silos that were restarted", all.Count(a => !lost.Contains(a.GetProperty("id").GetString()!) && a.GetProperty("incarnation").GetInt64() > 1), "", "0"),
        ];
    }
}
