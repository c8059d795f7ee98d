using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>What pages and consoles read, and what silos say of themselves.</summary>
internal sealed partial class HeartbeatStore
{
    // On the channel, where actions about all of a partition are meant. No agent can be named so.
    private const string Everybody = "*";

    private const int ActionsPerRead = 1000;

    private static readonly AgentStatus[] StoredStatuses = [.. Enum.GetValues<AgentStatus>().Where(s => s is not AgentStatus.Stale)];

    public async Task<IReadOnlyList<SupervisorAction>> ActionsAsync(int partition, AgentId? id, int limit, string? before = null)
    {
        var key = id is { } agent ? _keys[partition].ActionsOf(agent) : _keys[partition].Actions;
        var database = await DatabaseAsync();
        var found = new List<SupervisorAction>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (from, size) = (0L, before is null ? limit : ActionsPerRead);
        while (true)
        {
            // What is added meanwhile moves the rest on: some are seen again, and none is missed.
            var values = await database.ListRangeAsync(key, from, from + size - 1);
            var read = values.Select(v => _codec.Read(v, StoreJson.Default.SupervisorAction, key).Value).OfType<SupervisorAction>().ToList();
            found.AddRange(read.Where(a => (before is null || string.CompareOrdinal(a.Id, before) < 0) && !seen.Contains(a.Id)));
            if (values.Length < size || found.Count >= limit)
            {
                return [.. found.Take(limit)];
            }

            // Few were old enough, or some cannot be read.
            seen.UnionWith(read.Select(a => a.Id));
            (from, size) = (from + size, ActionsPerRead);
        }
    }

    public Task LogAsync(int partition, long term, SupervisorAction action) => InTermAsync(
        partition, term, Scripts.Log, [_keys[partition].Actions], [RecordCodec.Write(action, StoreJson.Default.SupervisorAction), _options.ActionsKept]);

    public async Task<IReadOnlyList<AgentId>> IdsAsync(int partition, AgentStatus status, string? after, int limit)
    {
        var values = await (await DatabaseAsync()).SortedSetRangeByValueAsync(
            _keys[partition].ByStatus(status),
            after ?? default(RedisValue),
            default,
            after is null ? Exclude.None : Exclude.Start,
            Order.Ascending,
            0,
            limit);
        var ids = new List<AgentId>(values.Length);
        foreach (var value in values)
        {
            if (AgentId.TryParse(value.ToString(), out var id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    public async Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(int partition)
    {
        var database = await DatabaseAsync();
        var counts = Array.ConvertAll(StoredStatuses, s => database.SortedSetLengthAsync(_keys[partition].ByStatus(s)));
        await Task.WhenAll(counts);
        return StoredStatuses.Zip(counts).ToDictionary(pair => pair.First, pair => pair.Second.Result);
    }

    public async Task<long> CountPastDeadlinesAsync(int partition, DateTimeOffset now) =>
        await (await DatabaseAsync()).SortedSetLengthAsync(_keys[partition].Deadlines, double.NegativeInfinity, now.ToUnixTimeMilliseconds());

    public async Task<StoreCounters> CountersAsync(int partition)
    {
        var (database, keys) = (await DatabaseAsync(), _keys[partition]);
        var beats = database.StringGetAsync(keys.Beats);
        var values = await database.HashGetAsync(keys.Counters, ["failures", "restarts", "recoveries", "recoveryMs"]);
        return new StoreCounters(Number(values[0]), Number(values[1]), Number(values[2]), Number(values[3]), Number(await beats));

        static long Number(RedisValue value) => value.TryParse(out long number) ? number : 0;
    }

    public async Task RegisterSiloAsync(string address, SiloRecord record) =>
        await (await DatabaseAsync()).HashSetAsync(_keys[0].Silos, address, RecordCodec.Write(record, StoreJson.Default.SiloRecord));

    public async Task ForgetSiloAsync(string address)
    {
        var database = await DatabaseAsync();
        await Task.WhenAll(database.HashDeleteAsync(_keys[0].Silos, address), database.HashDeleteAsync(_keys[0].Drains, address));
    }

    public async Task<IReadOnlyDictionary<string, SiloRecord>> SilosAsync()
    {
        var silos = new Dictionary<string, SiloRecord>(StringComparer.Ordinal);
        foreach (var entry in await (await DatabaseAsync()).HashGetAllAsync(_keys[0].Silos))
        {
            var address = entry.Name.ToString();
            if (_codec.Read(entry.Value, StoreJson.Default.SiloRecord, _keys[0].Silos, address).Value is { } record)
            {
                silos[address] = record;
            }
        }

        return silos;
    }

    public void Announce(AgentId? id)
    {
        if (_connection.GetAsync() is { IsCompletedSuccessfully: true } connected)
        {
            WithoutWaiting(() => connected.Result.GetSubscriber().Publish(_keys[0].Events, id?.Value ?? Everybody, CommandFlags.FireAndForget));
        }
    }

    public async Task<IAsyncDisposable> SubscribeAsync(Action<AgentId?> heard)
    {
        var queue = await (await _connection.GetAsync()).GetSubscriber().SubscribeAsync(_keys[0].Events);
        queue.OnMessage(message =>
        {
            var text = message.Message.ToString();
            if (text == Everybody)
            {
                heard(null);
            }
            else if (AgentId.TryParse(text, out var id))
            {
                heard(id);
            }
        });
        return new Subscription(queue);
    }

    public async Task<IReadOnlyDictionary<string, string>> SettingsAsync()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var connection = await _connection.GetAsync();

        // The master last: what it says counts where they differ.
        foreach (var server in connection.GetServers().Where(s => s.IsConnected).OrderBy(s => !s.IsReplica))
        {
            foreach (var part in (string[])["server", "replication"])
            {
                foreach (var (name, value) in (await server.InfoAsync(part)).SelectMany(section => section))
                {
                    settings[$"{part}.{name}"] = value;
                }
            }

            foreach (var name in (string[])["maxmemory-policy", "appendonly", "appendfsync", "save", "min-replicas-to-write"])
            {
                foreach (var (setting, value) in await server.ConfigGetAsync(name))
                {
                    settings[setting] = value;
                }
            }
        }

        return settings;
    }

    private sealed class Subscription(ChannelMessageQueue queue) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await queue.UnsubscribeAsync();
    }
}
