using System.Collections.Concurrent;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// Counts, on this silo, how long agents were silent: gaps between heartbeats of those that lived, and verdicts on those that did
/// not. Bounded by the kinds that there are; the counts go to the store every few seconds and are lost if it is away.
/// </summary>
internal sealed class SilenceRecorder(StoreClock clock, int partitions)
{
    private readonly ConcurrentDictionary<(int Partition, string Kind), KindCounts> _counts = new();

    /// <summary>The store's time, ms.</summary>
    public long Now => clock.Now.ToUnixTimeMilliseconds();

    /// <summary>Where the gaps of one incarnation are noted.</summary>
    public BeatGaps Open(AgentId id, string kind, TimeSpan timeout) => new(this, Of(id, kind), timeout);

    /// <summary>A heartbeat came from outside the cluster, after one that promised nothing but the timeout.</summary>
    public void Heard(AgentId id, string kind, DateTimeOffset last) => Of(id, kind).AddGap(Now - last.ToUnixTimeMilliseconds());

    /// <summary>An agent was judged to have failed by its silence.</summary>
    public void Judged(AgentId id, string kind, FailureReason reason, TimeSpan timeout, TimeSpan silent)
    {
        var counts = Of(id, kind);
        counts.Add(SilenceCounts.FailedField(reason, kind), 1);
        counts.Add(SilenceCounts.TimeoutField(reason, kind), (long)timeout.TotalMilliseconds);
        counts.Add(SilenceCounts.SilentField(reason, kind), (long)silent.TotalMilliseconds);

        // None so far is worth saying: whoever was judged wrongly says so.
        counts.Add(SilenceCounts.MistakenField(reason, kind), 0);
    }

    /// <summary>One who was judged so turned out to be alive.</summary>
    public void Mistaken(AgentId id, string kind, FailureReason reason) => Of(id, kind).Add(SilenceCounts.MistakenField(reason, kind), 1);

    /// <summary>Takes out what was counted of a partition since the last time: increments by field, and their kinds.</summary>
    public (IReadOnlyDictionary<string, long> Increments, IReadOnlyList<string> Kinds) Drain(int partition)
    {
        var increments = new Dictionary<string, long>(StringComparer.Ordinal);
        var kinds = new List<string>();
        foreach (var ((of, kind), counts) in _counts)
        {
            if (of == partition && counts.DrainTo(increments, kind))
            {
                kinds.Add(kind);
            }
        }

        return (increments, kinds);
    }

    private KindCounts Of(AgentId id, string kind) => _counts.GetOrAdd((id.PartitionOf(partitions), kind), _ => new KindCounts());

    /// <summary>The counts of one kind since they were last taken out. Safe for any thread.</summary>
    internal sealed class KindCounts
    {
        private readonly long[] _gaps = new long[GapBuckets.Bounds.Count];
        private readonly ConcurrentDictionary<string, long> _others = new(StringComparer.Ordinal);

        public void AddGap(long milliseconds) => Interlocked.Increment(ref _gaps[GapBuckets.IndexOf(milliseconds)]);

        public void Add(string field, long number) => _others.AddOrUpdate(field, number, (_, sum) => sum + number);

        public bool DrainTo(Dictionary<string, long> increments, string kind)
        {
            var before = increments.Count;
            for (var i = 0; i < _gaps.Length; i++)
            {
                if (Interlocked.Exchange(ref _gaps[i], 0) is > 0 and var gaps)
                {
                    increments[SilenceCounts.GapField(i, kind)] = gaps;
                }
            }

            foreach (var field in _others.Keys)
            {
                if (_others.TryRemove(field, out var number))
                {
                    increments[field] = number;
                }
            }

            return increments.Count > before;
        }
    }
}
