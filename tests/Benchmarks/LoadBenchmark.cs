namespace OrleansHealing.Benchmarks;

/// <summary>
/// Silos and a healthy fleet on a machine that is busy on all cores, and nothing else: every silo that is declared dead is declared
/// so falsely, and every agent that is restarted is healthy.
/// </summary>
internal static class LoadBenchmark
{
    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, int agents, double minutes, CancellationToken cancellation)
    {
        await using var fleet = await Fleet.StartAsync(store, 3, null, "--Healing:ActionsKept=50000");
        await fleet.SpawnReadersAsync(agents, cancellation);
        using var busy = new BusyCores();
        var before = (await LoggedAction.ReadAsync(fleet)).Count;
        await Task.Delay(TimeSpan.FromMinutes(minutes), cancellation);

        var log = (await LoggedAction.ReadAsync(fleet)).Skip(before).ToList();
        foreach (var cause in log.Where(a => a.Action == "failed").GroupBy(a => $"{a.Reason}: {a.Details}"))
        {
            await Console.Error.WriteLineAsync($"{store}: {cause.Count()} agents at {cause.First().At:T}: {cause.Key}");
        }

        await fleet.SayDeathsAsync(store);
        return
        [
            new(store, $"{agents} healthy agents on 3 silos under full load", minutes, "min"),
            new(store, "silos declared dead falsely", fleet.Silos.Count(s => !fleet.IsAlive(s)), "", "0"),
            new(store, "healthy agents restarted", log.Count(a => a.Action == "restarting"), "", "0"),
            new(store, "holds and other warnings of silos", fleet.Warnings.Count, ""),
        ];
    }
}
