using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Backends;

/// <summary>
/// Which silo the next agent goes to: the active one with the fewest claims that is not to be drained; where all are, the one with
/// the fewest. Counts come from the store, at most once a second; in between, what was placed is added, so that a burst is spread too.
/// </summary>
internal sealed class SiloLoads(IClusterMembershipService membership, IHeartbeatStore store, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private const int MaxTaken = 10_000;

    private readonly Dictionary<AgentId, (long Incarnation, SiloAddress Silo)> _taken = [];
    private readonly SemaphoreSlim _refresh = new(1, 1);
    private Dictionary<SiloAddress, long> _counts = [];
    private HashSet<SiloAddress> _draining = [];
    private long _readAt;

    /// <summary>The hosts that are to be drained, as of the last time that was looked.</summary>
    public IEnumerable<string> DrainingHosts => _draining.Select(s => s.ToParsableString());

    /// <summary>The silo to start an incarnation on; null when membership knows none. An order that is repeated gets the same answer.</summary>
    /// <param name="id">The agent.</param>
    /// <param name="incarnation">The incarnation.</param>
    /// <param name="avoid">A host that is taken only if there is no other.</param>
    public async Task<SiloAddress?> TakeLeastLoadedAsync(AgentId id, long incarnation, string? avoid)
    {
        await _refresh.WaitAsync();
        try
        {
            var active = membership.CurrentSnapshot.Members.Values
                .Where(m => m.Status is SiloStatus.Active).Select(m => m.SiloAddress).ToList();
            if (_readAt == 0 || time.GetElapsedTime(_readAt) > MaxAge || active.Exists(s => !_counts.ContainsKey(s)))
            {
                _counts = await ReadAsync(active);
                var drains = await store.DrainsAsync();
                _draining = [.. active.Where(s => drains.ContainsKey(s.ToParsableString()))];
                _readAt = time.GetTimestamp();
            }

            if (active.Count == 0)
            {
                return null;
            }

            var open = active.FindAll(s => !_draining.Contains(s)) is { Count: > 0 } some ? some : active;
            if (_taken.TryGetValue(id, out var taken) && taken.Incarnation == incarnation && open.Contains(taken.Silo))
            {
                return taken.Silo;
            }

            var least = open.MinBy(s => (s.ToParsableString() == avoid, _counts.GetValueOrDefault(s)))!;
            _counts[least] = _counts.GetValueOrDefault(least) + 1;
            if (_taken.Count >= MaxTaken)
            {
                _taken.Clear();
            }

            _taken[id] = (incarnation, least);
            return least;
        }
        finally
        {
            _refresh.Release();
        }
    }

    public void Dispose() => _refresh.Dispose();

    private async Task<Dictionary<SiloAddress, long>> ReadAsync(List<SiloAddress> silos)
    {
        var counts = new Dictionary<SiloAddress, long>();
        foreach (var silo in silos)
        {
            var claims = await Task.WhenAll(Enumerable.Range(0, store.Partitions).Select(p => store.CountClaimsAsync(p, silo.ToParsableString())));
            counts[silo] = claims.Sum();
        }

        return counts;
    }
}
