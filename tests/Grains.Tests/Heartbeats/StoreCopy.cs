using System.Globalization;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Heartbeats;

/// <summary>What the store held of one prefix at one moment, for a fail-over or a restore that loses what came after it. Empty: nothing.</summary>
internal sealed class StoreCopy
{
    private readonly Dictionary<string, object> _values = [];

    public static async Task<StoreCopy> TakeAsync(TestStore store)
    {
        var copy = new StoreCopy();
        foreach (var key in await KeysAsync(store))
        {
            copy._values[key.ToString()] = await store.Database.KeyTypeAsync(key) switch
            {
                RedisType.String => await store.Database.StringGetAsync(key),
                RedisType.Hash => await store.Database.HashGetAllAsync(key),
                RedisType.Set => await store.Database.SetMembersAsync(key),
                RedisType.SortedSet => await store.Database.SortedSetRangeByRankWithScoresAsync(key),
                RedisType.List => (await store.Database.ListRangeAsync(key)).ToList(),
                var other => throw new NotSupportedException($"{key} is a {other}."),
            };
        }

        return copy;
    }

    /// <summary>Whatever was written since is lost.</summary>
    public async Task PutBackAsync(TestStore store)
    {
        await store.Database.KeyDeleteAsync([.. await KeysAsync(store)]);
        foreach (var (key, value) in _values)
        {
            await (value switch
            {
                RedisValue text => store.Database.StringSetAsync(key, text),
                HashEntry[] fields => store.Database.HashSetAsync(key, fields),
                RedisValue[] members => store.Database.SetAddAsync(key, members),
                SortedSetEntry[] entries => store.Database.SortedSetAddAsync(key, entries),
                List<RedisValue> items => (Task)store.Database.ListRightPushAsync(key, [.. items]),
                _ => throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"{key}: {value}")),
            });
        }
    }

    private static async Task<List<RedisKey>> KeysAsync(TestStore store)
    {
        var keys = new List<RedisKey>();
        await foreach (var key in store.Database.Multiplexer.GetServers()[0].KeysAsync(pattern: $"{store.Options.KeyPrefix}:*"))
        {
            keys.Add(key);
        }

        return keys;
    }
}
