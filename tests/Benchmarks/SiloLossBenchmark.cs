using System.Diagnostics;
using System.Text.Json;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// Kills the one of three silos that hosts the supervisor with kill -9, and watches the store from outside until each of its agents
/// beats under its next incarnation; and again and again, with a new silo in the place of the dead one, until the next supervisor
/// has done its first round. Times are the observer's; it looks every few milliseconds.
/// </summary>
internal static class SiloLossBenchmark
{
    private const double SupervisorAllowed = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, int agents, int kills, CancellationToken cancellation)
    {
        await using var fleet = await Fleet.StartAsync(store, 3);
        await fleet.SpawnReadersAsync(agents, cancellation);
        var bySilo = (await fleet.AgentsAsync()).GroupBy(a => a.GetProperty("silo").GetString()!).ToDictionary(g => g.Key, g => g.ToArray());
        var (host, silo) = await SupervisorAsync(fleet);
        var lost = bySilo[silo].Select(a => a.GetProperty("id").GetString()!).ToHashSet();

        var clock = Stopwatch.StartNew();
        fleet.Kill(silo);
        var supervisorBack = SupervisorBackAsync(fleet, host, clock);
        var back = await AgentsBackAsync(fleet, lost, clock);
        await fleet.HealthyAsync(agents);
        var all = await fleet.AgentsAsync();
        var takeovers = new List<double> { await supervisorBack };
        while (takeovers.Count < kills)
        {
            await fleet.AddSiloAsync();
            await fleet.HealthyAsync(agents);
            (host, silo) = await SupervisorAsync(fleet);
            clock.Restart();
            fleet.Kill(silo);
            takeovers.Add(await SupervisorBackAsync(fleet, host, clock));
            await Console.Error.WriteLineAsync($"{store}: {silo} killed with the supervisor: the next one's first round after {takeovers[^1]:0.00} s");
        }

        var scope = $"kill -9 of 1 of 3 silos with the supervisor, {lost.Count} agents";
        return
        [
            new(store, $"{scope}: half beat again", Report.Percentile(back, 0.5), "s"),
            new(store, $"{scope}: 99 %", Report.Percentile(back, 0.99), "s"),
            new(store, $"{scope}: all", back.Max(), "s", "< 5"),
            new(store, "agents not back", lost.Count - back.Count, "", "0"),
            new(store, "agents given more than one new incarnation", all.Count(a => lost.Contains(a.GetProperty("id").GetString()!) && a.GetProperty("incarnation").GetInt64() > 2), "", "0"),
            new(store, "agents of other silos that were restarted", all.Count(a => !lost.Contains(a.GetProperty("id").GetString()!) && a.GetProperty("incarnation").GetInt64() > 1), "", "0"),
            new(store, $"{kills} such kills: first round of the next supervisor, p50", Report.Percentile(takeovers, 0.5), "s", $"< {SupervisorAllowed}"),
            new(store, $"{kills} such kills: first round of the next supervisor, max", takeovers.Max(), "s", $"< {SupervisorAllowed}"),
            new(store, $"kills after which that took less than {SupervisorAllowed} s", 100.0 * takeovers.Count(t => t < SupervisorAllowed) / kills, "%", "100"),
        ];
    }

    /// <returns>When each of the agents beat again, those that did.</returns>
    private static async Task<IReadOnlyList<double>> AgentsBackAsync(Fleet fleet, HashSet<string> lost, Stopwatch clock)
    {
        var back = new Dictionary<string, double>();
        var database = fleet.Store.GetDatabase();
        while (back.Count < lost.Count && clock.Elapsed < Patience)
        {
            foreach (var entry in await database.HashGetAllAsync("healing:{0}:heartbeats"))
            {
                var id = entry.Name.ToString();
                if (lost.Contains(id) && !back.ContainsKey(id)
                    && JsonSerializer.Deserialize<JsonElement>(entry.Value.ToString()).GetProperty("incarnation").GetInt64() > 1)
                {
                    back[id] = clock.Elapsed.TotalSeconds;
                }
            }
        }

        return [.. back.Values];
    }

    /// <returns>When a supervisor on another host than <paramref name="host"/> noted its first round.</returns>
    private static async Task<double> SupervisorBackAsync(Fleet fleet, string host, Stopwatch clock)
    {
        while ((await HostAsync(fleet)) == host)
        {
            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"Awaited for {Patience}: a round of the next supervisor.");
            }

            await Task.Delay(5);
        }

        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>The supervisor's host and the name of its silo, by what it notes after each round.</summary>
    private static async Task<(string Host, string Silo)> SupervisorAsync(Fleet fleet)
    {
        var host = await HostAsync(fleet);
        var record = await fleet.Store.GetDatabase().HashGetAsync("healing:silos", host);
        return (host, JsonSerializer.Deserialize<JsonElement>(record.ToString()).GetProperty("name").GetString()!);
    }

    private static async Task<string> HostAsync(Fleet fleet) => (await fleet.Store.GetDatabase().StringGetAsync("healing:{0}:supervisor")).ToString();
}
