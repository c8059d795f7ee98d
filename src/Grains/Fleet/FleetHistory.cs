using OrleansHealing.Heartbeats;

namespace OrleansHealing.Fleet;

/// <summary>What all partitions did over time, as one.</summary>
internal sealed class FleetHistory(IHeartbeatStore store, StoreClock clock)
{
    private const int MaxSamples = 1080;

    /// <summary>One round trip a partition.</summary>
    public async Task<IReadOnlyList<FleetSample>> ReadAsync(TimeSpan span)
    {
        var since = clock.Now - span;
        var limit = (int)Math.Clamp(span / Supervision.FleetSampler.Stretch, 1, MaxSamples);
        var lists = await Task.WhenAll(Enumerable.Range(0, store.Partitions).Select(p => store.SamplesAsync(p, limit)));
        return Merge(lists.Select(list => list.Where(s => s.At > since)));
    }

    /// <summary>Of each partition what ended in the same ten seconds is taken together.</summary>
    internal static IReadOnlyList<FleetSample> Merge(IEnumerable<IEnumerable<FleetSample>> partitions)
    {
        var lists = partitions.Select(p => p.ToList()).ToList();
        return lists.Count == 1
            ? [.. lists[0].OrderBy(s => s.At)]
            : [.. lists.SelectMany(l => l).GroupBy(s => s.At.ToUnixTimeMilliseconds() / 10_000).OrderBy(g => g.Key).Select(Sum)];
    }

    private static FleetSample Sum(IEnumerable<FleetSample> samples)
    {
        var all = samples.ToList();
        return new FleetSample
        {
            At = all.Max(s => s.At),
            Seconds = all.Max(s => s.Seconds),
            ByStatus = all.SelectMany(s => s.ByStatus).GroupBy(c => c.Key).ToDictionary(g => g.Key, g => g.Sum(c => c.Value), StringComparer.Ordinal),
            Failures = all.Sum(s => s.Failures),
            Restarts = all.Sum(s => s.Restarts),
            Beats = all.Exists(s => s.Beats is null) ? null : all.Sum(s => s.Beats),
            Detect = Sum(all.Select(s => s.Detect)),
            Recover = Sum(all.Select(s => s.Recover)),
        };
    }

    private static SampledTimes? Sum(IEnumerable<SampledTimes?> times)
    {
        var all = times.OfType<SampledTimes>().ToList();
        var count = all.Sum(t => t.Count);
        return count == 0 ? null : new SampledTimes(count, all.Sum(t => t.Mean * t.Count) / count, all.Max(t => t.Max));
    }
}
