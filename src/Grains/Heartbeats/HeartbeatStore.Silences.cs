using System.Globalization;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>How long agents were silent, in counters.</summary>
internal sealed partial class HeartbeatStore
{
    // Some fifty of a kind as a rule, since most gaps are alike.
    private const int SilenceFieldsKept = 10_000;

    public async Task CountSilencesAsync(
        int partition, IReadOnlyDictionary<string, long> increments, IReadOnlyList<string> kinds, DateTimeOffset now)
    {
        RedisValue[] arguments =
        [
            SilenceFieldsKept,
            now.ToUnixTimeMilliseconds(),
            kinds.Count,
            .. kinds.Select(kind => (RedisValue)SilenceCounts.SinceField(kind)),
            .. increments.SelectMany(i => new RedisValue[] { i.Key, i.Value }),
        ];
        await (await DatabaseAsync()).ScriptEvaluateAsync(Scripts.Count, [_keys[partition].Silences], arguments);
    }

    public async Task<IReadOnlyDictionary<string, long>> SilencesAsync(int partition)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var entry in await (await DatabaseAsync()).HashGetAllAsync(_keys[partition].Silences))
        {
            if (long.TryParse(entry.Value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                counts[entry.Name.ToString()] = number;
            }
        }

        return counts;
    }
}
