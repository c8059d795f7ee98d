using System.Diagnostics;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// All agents of a fleet crash at the same moment: how long until all of them beat again, and how even the restarts were. The ramp that
/// lets agents back that fail together for one cause is off, or it would be what is measured.
/// </summary>
internal static class MassCrashBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Stride = TimeSpan.FromMilliseconds(250);

    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, int silos, int agents, int[] partitions, bool hasBucket, CancellationToken cancellation)
    {
        var figures = new List<Figure>();
        foreach (var count in partitions)
        {
            figures.AddRange(await RunAsync(store, silos, agents, count, hasBucket, cancellation));
        }

        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> RunAsync(string store, int silos, int agents, int partitions, bool hasBucket, CancellationToken cancellation)
    {
        string[] options = ["--Healing:CanaryLeast=0", $"--Healing:Partitions={partitions}", .. hasBucket ? Array.Empty<string>() : ["--Healing:RestartsPerSecond=0"]];
        await using var fleet = await Fleet.StartNodesAsync(store, silos, options);
        fleet.Partitions = partitions;
        var clock = Stopwatch.StartNew();
        await fleet.SpawnIdleAsync(agents, cancellation);
        var spawned = clock.Elapsed;
        await Console.Error.WriteLineAsync($"{store}: {agents} agents after {spawned.TotalSeconds:0.0} s");
        var cpu = fleet.Silos.Sum(s => fleet.CpuOf(s).TotalSeconds);
        clock.Restart();
        fleet.CrashIdle();
        var signalled = clock.Elapsed;
        var recoveries = new List<(double At, long Count)> { (0, 0) };
        while (recoveries[^1].Count < agents && clock.Elapsed < Patience)
        {
            recoveries.Add((clock.Elapsed.TotalSeconds, await fleet.CountAsync("recoveries")));
            await Task.Delay(10, cancellation);
        }

        var all = recoveries.FirstOrDefault(r => r.Count >= agents).At;
        var spent = fleet.Silos.Sum(s => fleet.CpuOf(s).TotalSeconds) - cpu;
        var rates = Rates(recoveries);
        var scope = $"{agents} agents on {silos} silos, {partitions} partition(s)";
        return
        [
            new(store, $"{scope}: spawned over HTTP, a second", agents / spawned.TotalSeconds, "/s"),
            new(store, "all crash at once: told to after", signalled.TotalMilliseconds, "ms"),
            new(store, "half recovered", recoveries.First(r => r.Count >= agents / 2).At, "s"),
            new(store, "all recovered", all > 0 ? all : double.PositiveInfinity, "s", hasBucket ? null : "< 2"),
            new(store, $"recoveries a second, over {Stride.TotalMilliseconds} ms: median", Report.Percentile(rates, 0.5), "/s"),
            new(store, $"recoveries a second, over {Stride.TotalMilliseconds} ms: most", rates.Max(), "/s"),
            new(store, "silos' processor time for each recovery", spent / agents * 1e6, "us"),
        ];
    }

    private static List<double> Rates(List<(double At, long Count)> recoveries)
    {
        var rates = new List<double>();
        var last = recoveries[0];
        foreach (var now in recoveries.Where(r => r.Count > 0))
        {
            if (now.At - last.At >= Stride.TotalSeconds)
            {
                rates.Add((now.Count - last.Count) / (now.At - last.At));
                last = now;
            }
        }

        return rates.Count > 0 ? rates : [recoveries[^1].Count / recoveries[^1].At];
    }
}
