using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Telemetry;

/// <summary>What is not added up but stands as it was last seen.</summary>
public sealed partial class HealingMetrics
{
    // Thrice the time from one count to the next: a supervisor that was replaced and does not know it stops telling old news.
    private static readonly TimeSpan CountLasts = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<int, (IReadOnlyDictionary<AgentStatus, long> ByStatus, long At)> _agents = new();
    private readonly ConcurrentDictionary<int, (TimeSpan Age, long At)> _supervisors = new();

    /// <summary>
    /// The supervisor of a partition, which is on this silo, counted its agents. No other silo tells of them, so that sums over silos
    /// are right.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="counts">How many agents of each status there are.</param>
    /// <param name="late">How many deadlines are past and not acted on: their agents are told as stale, and no longer as healthy.</param>
    public void AgentsCounted(int partition, IReadOnlyDictionary<AgentStatus, long> counts, long late)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var byStatus = Enum.GetValues<AgentStatus>().ToDictionary(s => s, s => counts.GetValueOrDefault(s));
        var stale = Math.Min(late, byStatus[AgentStatus.Healthy]);
        (byStatus[AgentStatus.Stale], byStatus[AgentStatus.Healthy]) = (stale, byStatus[AgentStatus.Healthy] - stale);
        _agents[partition] = (byStatus, _time.GetTimestamp());
    }

    /// <summary>The supervisor of a partition is no longer on this silo.</summary>
    public void AgentsLeft(int partition) => _agents.TryRemove(partition, out _);

    /// <summary>A supervisor answered.</summary>
    public void SupervisorHeard(SupervisorPulse pulse)
    {
        ArgumentNullException.ThrowIfNull(pulse);
        if (pulse.LastRoundAgeSeconds is { } age)
        {
            _supervisors[pulse.Partition] = (TimeSpan.FromSeconds(age), _time.GetTimestamp());
        }
    }

    private IEnumerable<Measurement<long>> ObserveAgents() =>
        from partition in _agents
        where _time.GetElapsedTime(partition.Value.At) < CountLasts
        from status in partition.Value.ByStatus
        select new Measurement<long>(
            status.Value, new("status", status.Key.ToWord()), new KeyValuePair<string, object?>("partition", partition.Key));

    private IEnumerable<Measurement<double>> ObserveSupervisors() =>
        from partition in _supervisors
        select new Measurement<double>(
            (partition.Value.Age + _time.GetElapsedTime(partition.Value.At)).TotalSeconds, new KeyValuePair<string, object?>("partition", partition.Key));
}
