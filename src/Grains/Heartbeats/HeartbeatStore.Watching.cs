using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>What pages watch: everybody's deadline, and what the partition did over time.</summary>
internal sealed partial class HeartbeatStore
{
    // Three hours of one every ten seconds.
    private const int SamplesKept = 1080;

    public async Task<IReadOnlyList<(AgentId Id, long Incarnation, DateTimeOffset Deadline)>> AllDeadlinesAsync(int partition)
    {
        var entries = await (await DatabaseAsync()).SortedSetRangeByRankWithScoresAsync(_keys[partition].Deadlines);
        var deadlines = new List<(AgentId, long, DateTimeOffset)>(entries.Length);
        foreach (var entry in entries)
        {
            if (StoreKeys.TryParseMember(entry.Element.ToString(), out var id, out var incarnation))
            {
                deadlines.Add((id, incarnation, ToTime(entry.Score)!.Value));
            }
        }

        return deadlines;
    }

    public Task AddSampleAsync(int partition, long term, FleetSample sample) => InTermAsync(
        partition, term, Scripts.Log, [_keys[partition].Samples], [RecordCodec.Write(sample, StoreJson.Default.FleetSample), SamplesKept]);

    public async Task<IReadOnlyList<FleetSample>> SamplesAsync(int partition, int limit)
    {
        var key = _keys[partition].Samples;
        var values = await (await DatabaseAsync()).ListRangeAsync(key, 0, limit - 1);
        return [.. values.Select(v => _codec.Read(v, StoreJson.Default.FleetSample, key).Value).OfType<FleetSample>()];
    }

    /// <summary>For charts: nobody waits for it, and what an outage swallows is not counted.</summary>
    private static void CountBeats(IDatabase database, StoreKeys keys, int accepted)
    {
        if (accepted > 0)
        {
            WithoutWaiting(() => database.StringIncrement(keys.Beats, accepted, CommandFlags.FireAndForget));
        }
    }
}
