using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Fleet;

/// <summary>Answers what another timeout would have meant. A round trip a partition.</summary>
internal sealed class SilenceReader(IHeartbeatStore store, StoreClock clock, AgentKinds kinds)
{
    /// <returns>Null when there is no such kind.</returns>
    public async Task<WhatIfAnswer?> WhatIfAsync(TimeSpan timeout, string? kind)
    {
        var counts = SilenceCounts.Read(await Task.WhenAll(Enumerable.Range(0, store.Partitions).Select(store.SilencesAsync)));
        if (kind is not null)
        {
            if (!counts.ContainsKey(kind) && kinds.Find(kind) is null)
            {
                return null;
            }

            counts = counts.Where(c => c.Key == kind).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
        }

        return WhatIf.Of(timeout, counts, k => kinds.PolicyOf(new AgentDefinition { Id = default, Kind = k }).Timeout, clock.Now);
    }
}
