using System.Diagnostics;
using System.Text.Json;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// Freezes one of three silos with SIGSTOP, several times, and watches the store from outside until each of its agents beats
/// elsewhere. Before the next time it is thawed and ends itself, since it was declared dead, and a new silo takes its place.
/// </summary>
internal static class FreezeBenchmark
{
    private const double Timeout = 5;
    private const double Allowed = Timeout + 3;

    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, int agents, int rounds, bool isBusy, CancellationToken cancellation)
    {
        await using var fleet = await Fleet.StartAsync(store, 3, null, "--Healing:MovesPerSecond=1000");
        await fleet.SpawnReadersAsync(agents, cancellation);
        using var busy = isBusy ? new BusyCores() : null;
        var (withSupervisor, others) = (new List<double>(), new List<double>());
        var (failures, twice) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            await EvenAsync(fleet, agents);
            var supervisor = await SupervisorAsync(fleet);
            var frozen = round % 2 == 0 ? supervisor : fleet.Silos.First(s => s != supervisor);
            var before = (await fleet.AgentsAsync()).ToDictionary(Id, a => (Silo: a.GetProperty("silo").GetString(), Incarnation: a.GetProperty("incarnation").GetInt64()));
            var lost = before.Where(b => b.Value.Silo == frozen).ToDictionary(b => b.Key, b => b.Value.Incarnation);

            fleet.Freeze(frozen);
            var took = await BackAsync(fleet, lost);
            (round % 2 == 0 ? withSupervisor : others).Add(took);
            await Console.Error.WriteLineAsync($"{store}: {frozen} frozen with {lost.Count} agents{(round % 2 == 0 ? " and the supervisor" : "")}: {took:0.0} s");

            fleet.Thaw(frozen);
            await Fleet.UntilAsync($"{frozen} to end itself", () => Task.FromResult(!fleet.IsAlive(frozen)));
            fleet.Forget(frozen);
            await fleet.HealthyAsync(agents);
            var after = await fleet.AgentsAsync();
            failures += after.Count(a => a.GetProperty("consecutiveFailures").GetInt32() > 0);
            twice += after.Count(a => lost.TryGetValue(Id(a), out var was) ? a.GetProperty("incarnation").GetInt64() > was + 1 : a.GetProperty("incarnation").GetInt64() > before[Id(a)].Incarnation);
            await fleet.AddSiloAsync();
        }

        return
        [
            .. Times(store, "silo with the supervisor frozen: all its agents beat elsewhere", withSupervisor),
            .. Times(store, "another silo frozen: all its agents beat elsewhere", others),
            new(store, $"rounds in which that took less than {Allowed} s", 100.0 * withSupervisor.Concat(others).Count(t => t < Allowed) / rounds, "%", "100"),
            new(store, "agents with a failure counted", failures, "", "0"),
            new(store, "agents restarted in vain, or twice", twice, "", "0"),
        ];
    }

    private static IEnumerable<Figure> Times(string store, string name, List<double> times) => times.Count == 0 ? [] :
    [
        new(store, $"{name}, p50", Report.Percentile(times, 0.5), "s", $"< {Allowed}"),
        new(store, $"{name}, max", times.Max(), "s", $"< {Allowed}"),
    ];

    private static async Task<double> BackAsync(Fleet fleet, Dictionary<string, long> lost)
    {
        var clock = Stopwatch.StartNew();
        var database = fleet.Store.GetDatabase();
        var missing = lost.Keys.ToHashSet();
        await Fleet.UntilAsync("the agents of the frozen silo to beat elsewhere", async () =>
        {
            foreach (var entry in await database.HashGetAllAsync("healing:{0}:heartbeats"))
            {
                var id = entry.Name.ToString();
                if (missing.Contains(id) && JsonSerializer.Deserialize<JsonElement>(entry.Value.ToString()).GetProperty("incarnation").GetInt64() > lost[id])
                {
                    missing.Remove(id);
                }
            }

            return missing.Count == 0;
        });

        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Until every silo has a good part of the agents and all are well; moved ones may take a minute until they may be moved again.</summary>
    private static async Task EvenAsync(Fleet fleet, int agents)
    {
        var seen = "";
        try
        {
            await Fleet.UntilAsync("agents on three silos alike", async () =>
            {
                var all = await fleet.AgentsAsync();
                var counts = all.GroupBy(a => a.GetProperty("silo").GetString() ?? "none").ToDictionary(g => g.Key, g => g.Count());
                seen = $"{all.Count(a => a.GetProperty("status").GetString() == "healthy")} healthy; {string.Join(", ", counts)}";
                return all.All(a => a.GetProperty("status").GetString() == "healthy") && counts.Count(c => c.Value > agents / 3 * 0.6) == 3;
            });
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} Seen: {seen}.", e);
        }
    }

    private static async Task<string> SupervisorAsync(Fleet fleet) => (await fleet.GetAsync("/overview")).GetProperty("supervisors")[0].GetProperty("silo").GetString()!;

    private static string Id(JsonElement agent) => agent.GetProperty("id").GetString()!;
}
