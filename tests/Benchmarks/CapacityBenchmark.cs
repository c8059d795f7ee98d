using System.Diagnostics;
using OrleansHealing.Benchmarks.Contenders;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// What one silo takes of the processor and of the memory for many agents that do nothing but beat, against as many bare Orleans grains
/// whose timer does nothing each second.
/// </summary>
internal static class CapacityBenchmark
{
    private const string Beats = "healing:{0}:beats";
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    public static async Task<IReadOnlyList<Figure>> RunAsync(
        string store, int agents, TimeSpan heartbeat, TimeSpan duration, bool hasDashboard, CancellationToken cancellation)
    {
        var healing = await HealingAsync(store, agents, heartbeat, duration, hasDashboard, cancellation);
        var bare = await BareAsync(agents, duration, cancellation);
        return
        [
            new(store, $"{agents} agents on one silo: all at work after", healing.Took.TotalSeconds, "s"),
            new(store, "heartbeats accepted", healing.Rate, "/s", $"{agents / heartbeat.TotalSeconds:0}"),
            new(store, "processor time for each accepted heartbeat", healing.Cores / healing.Rate * 1e6, "us", "< 3"),
            new("bare Orleans", $"{agents} grains on one silo: processor time for each tick of a timer", bare.Cores / agents * 1e6, "us"),
            new(store, "memory for each agent", healing.Bytes / 1024, "KiB", "< 5 over a bare grain"),
            new("bare Orleans", "memory for each grain with a timer", bare.Bytes / 1024, "KiB"),
        ];
    }

    private static async Task<(TimeSpan Took, double Cores, double Rate, double Bytes)> HealingAsync(
        string store, int agents, TimeSpan heartbeat, TimeSpan duration, bool hasDashboard, CancellationToken cancellation)
    {
        // The bare silo has no Orleans Dashboard either, which counts every call and looks at every activation.
        await using var fleet = await Fleet.StartNodesAsync(
            store, 1, "--Healing:RestartsPerSecond=0", "--Healing:CanaryLeast=0", $"--Healing:OrleansDashboard={hasDashboard}");
        var silo = fleet.Silos.Single();
        await Task.Delay(Settling, cancellation);
        var empty = fleet.MemoryOf(silo);
        var (database, starting) = (fleet.Store.GetDatabase(), Stopwatch.StartNew());
        await StoredAgents.WriteWaitingAsync(database, agents, heartbeat);
        await fleet.AtWorkAsync(agents, cancellation);
        var started = starting.Elapsed;
        await Task.Delay(Settling, cancellation);
        var (cpu, beats, clock) = (fleet.CpuOf(silo), (long)await database.StringGetAsync(Beats), Stopwatch.StartNew());
        await Task.Delay(duration, cancellation);
        var took = clock.Elapsed;
        return (
            started, (fleet.CpuOf(silo) - cpu) / took, ((long)await database.StringGetAsync(Beats) - beats) / took.TotalSeconds,
            (double)(fleet.MemoryOf(silo) - empty) / agents);
    }

    private static async Task<(double Cores, double Bytes)> BareAsync(int grains, TimeSpan duration, CancellationToken cancellation)
    {
        await using var node = await BareNode.CreateAsync();
        await node.StartAsync(isBare: true);
        await Task.Delay(Settling, cancellation);
        var (_, empty) = node.Usage();
        await node.SpawnAsync(grains, cancellation);
        await Task.Delay(Settling, cancellation);
        var ((cpu, _), clock) = (node.Usage(), Stopwatch.StartNew());
        await Task.Delay(duration, cancellation);
        var (after, bytes) = node.Usage();
        return ((after - cpu) / clock.Elapsed, (double)(bytes - empty) / grains);
    }
}
