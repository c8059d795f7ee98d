using System.Globalization;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// The quality of the failure detector, in the terms of Chen, Toueg and Aguilera ("On the quality of service of failure
/// detectors", 2002), on a machine that is busy on all cores, with silos that stall for 2 s, 1 % of the flushes of heartbeats lost
/// and one outage of the store of 10 s: a redis-server is killed and its replica promoted, the embedded store is killed and started
/// again. First nothing fails, so whatever is restarted is a mistake: how many, how often, for how
/// long. Then agents fail (silent, hang, block) under the same load but the outage: how long beyond the deadline until that is seen.
/// </summary>
internal static class DetectionBenchmark
{
    private const int Silos = 3;

    // Every so many agents one has a progress timeout: without one nobody can tell that a body hangs.
    private const int Watched = 4;
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StallPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);
    private static readonly string[] Modes = ["silent", "hang", "block"];

    public static async Task<IReadOnlyList<Figure>> RunAsync(
        string store, int agents, double minutes, int failures, double lostFlushes, bool isBusy, CancellationToken cancellation)
    {
        await using var fleet = await Fleet.StartAsync(store, Silos, lostFlushes, "--Healing:ActionsKept=50000");
        await SpawnAsync(fleet, agents, cancellation);
        foreach (var link in fleet.Links)
        {
            link.IsFaulty = true;
        }

        using var busy = isBusy ? new BusyCores() : null;
        await Task.Delay(Settle, cancellation);
        var before = await LoggedAction.ReadAsync(fleet);
        var restarted = await RestartedAsync(fleet);

        var length = TimeSpan.FromMinutes(minutes);
        int stalls;
        await using (var faults = new Stalls(fleet, Stall, StallPause))
        {
            await Task.Delay(length / 2, cancellation);
            fleet.StoreProcess.Kill();
            await Task.Delay(Outage, cancellation);
            await fleet.StoreProcess.ComeBackAsync();
            await Task.Delay(length / 2, cancellation);
            stalls = faults.Count;
        }

        var calm = (await LoggedAction.ReadAsync(fleet)).Skip(before.Count).ToList();
        var mistakes = calm.Where(a => a.Action == "failed").ToList();
        var healthyRestarted = await RestartedAsync(fleet) - restarted;
        foreach (var mistake in mistakes)
        {
            await Console.Error.WriteLineAsync($"{store}: {mistake}");
        }

        var (crashed, after) = await FailAsync(fleet, agents, failures, cancellation);
        var detected = after.Where(a => a.Action == "failed").ToList();
        var mistaken = detected.Where(a => !crashed.TryGetValue(a.AgentId, out var at) || a.At < at || a.Incarnation > 1).ToList();
        var real = detected.Except(mistaken).ToList();
        foreach (var mistake in mistaken)
        {
            await Console.Error.WriteLineAsync($"{store}: {mistake}");
        }

        await fleet.SayDeathsAsync(store);
        var overdue = real.Where(a => a.DetectSeconds is not null).Select(a => Math.Max(0, a.DetectSeconds!.Value)).ToList();
        var silent = Detection(real.Where(a => a.Reason == "silent"), crashed);
        var stuck = Detection(real.Where(a => a.Reason == "stuck"), crashed);
        var hours = (length + Outage).TotalHours;
        var (flushes, lost) = (fleet.Links.Sum(l => l.Flushes), fleet.Links.Sum(l => l.LostFlushes));
        return
        [
            new(store, $"healthy: {agents} agents, minutes", (length + Outage).TotalMinutes, "min"),
            new(store, $"healthy: stalls of {Stall.TotalSeconds} s", stalls, ""),
            new(store, "both: flushes of heartbeats", flushes, ""),
            new(store, "both: flushes lost", 100.0 * lost / Math.Max(1, flushes), "%"),
            new(store, "healthy: agents restarted", healthyRestarted, "", "0"),
            new(store, "healthy: false suspicions an hour", mistakes.Count / hours, "/h", "0"),
            new(store, "healthy: a false suspicion lasted, mean", mistakes.Count == 0 ? 0 : mistakes.Average(m => Lasted(m, calm)), "s"),
            new(store, "healthy: silos declared dead", fleet.Silos.Count(s => !fleet.IsAlive(s)), "", "0"),
            new(store, "failures: noticed", real.Count, "", $"{crashed.Count}"),
            new(store, "failures: beyond the deadline, p50", Report.Percentile(overdue, 0.5), "s"),
            new(store, "failures: beyond the deadline, p90", Report.Percentile(overdue, 0.9), "s"),
            new(store, "failures: beyond the deadline, p99", Report.Percentile(overdue, 0.99), "s"),
            new(store, "failures: silent for 5 s, until detected, p50", Report.Percentile(silent, 0.5), "s"),
            new(store, "failures: silent for 5 s, until detected, p99", Report.Percentile(silent, 0.99), "s"),
            new(store, "failures: no progress for 10 s, until detected, p50", Report.Percentile(stuck, 0.5), "s"),
            new(store, "failures: no progress for 10 s, until detected, p99", Report.Percentile(stuck, 0.99), "s"),
            new(store, "failures: healthy agents suspected meanwhile", mistaken.Count, "", "0"),
            new(store, "metrics: mistakes that silos saw themselves", await MistakesSeenAsync(fleet), ""),
        ];
    }

    private static async Task SpawnAsync(Fleet fleet, int agents, CancellationToken cancellation)
    {
        var path = Path.Combine(fleet.Root, "text.txt");
        await File.WriteAllLinesAsync(path, Enumerable.Repeat("one two three four", 100_000), cancellation);
        await Parallel.ForEachAsync(Enumerable.Range(0, agents), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation }, async (i, _) =>
            await fleet.PostAsync("/agents", new
            {
                id = Id(i),
                kind = "data-processing",
                settings = new { path, linesPerSecond = 1 },
                policy = i % Watched == 0 ? new { progressTimeoutSeconds = 10.0 } : null,
            }));
        await Fleet.UntilAsync($"{agents} healthy agents", async () =>
            await fleet.Store.GetDatabase().SortedSetLengthAsync("healing:{0}:status:healthy") == agents);
    }

    /// <summary>Makes one agent after the other fail, each once, and waits until the last of them was noticed.</summary>
    private static async Task<(Dictionary<string, DateTimeOffset> Crashed, List<LoggedAction> Log)> FailAsync(
        Fleet fleet, int agents, int failures, CancellationToken cancellation)
    {
        var before = (await LoggedAction.ReadAsync(fleet)).Count;
        var crashed = new Dictionary<string, DateTimeOffset>();
        await using (var faults = new Stalls(fleet, Stall, StallPause))
        {
            for (var i = 0; i < failures; i++)
            {
                // Modes that only a progress timeout shows go to those that have one, each agent once.
                var mode = Modes[i % Modes.Length];
                var id = mode == "silent" ? Id(((i / Modes.Length) * Watched) + 1) : Id(((i * Watched) + Watched) % (agents / Watched * Watched));
                crashed[id] = DateTimeOffset.UtcNow;
                await fleet.PostAsync($"/agents/{id}/crash", new { mode });
                await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            }

            await Fleet.UntilAsync("every failure to be noticed", async () =>
                (await LoggedAction.ReadAsync(fleet)).Skip(before).Where(a => a.Action == "failed").Select(a => a.AgentId).Intersect(crashed.Keys).Count() == crashed.Count);
        }

        return (crashed, [.. (await LoggedAction.ReadAsync(fleet)).Skip(before)]);
    }

    private static List<double> Detection(IEnumerable<LoggedAction> failed, Dictionary<string, DateTimeOffset> crashed) =>
        [.. failed.Select(a => (a.At - crashed[a.AgentId]).TotalSeconds)];

    private static async Task<int> RestartedAsync(Fleet fleet) =>
        (await LoggedAction.ReadAsync(fleet)).Count(a => a.Action == "restarting");

    /// <summary>A mistake ends when the agent is trusted again: by the first heartbeat of the next incarnation.</summary>
    private static double Lasted(LoggedAction mistake, IEnumerable<LoggedAction> log) =>
        ((log.FirstOrDefault(a => a.AgentId == mistake.AgentId && a.Action == "recovered" && a.Incarnation > mistake.Incarnation)?.At ?? DateTimeOffset.UtcNow)
            - mistake.FailedAt).TotalSeconds;

    private static async Task<double> MistakesSeenAsync(Fleet fleet)
    {
        var seen = 0.0;
        foreach (var silo in fleet.Silos.Where(fleet.IsAlive))
        {
            var metrics = await fleet.GetTextAsync(silo, "/metrics");
            seen += metrics.Split('\n')
                .Where(l => l.StartsWith("healing_detect_mistakes", StringComparison.Ordinal))
                .Sum(l => double.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture));
        }

        return seen;
    }

    private static string Id(int i) => $"a{i}";
}
