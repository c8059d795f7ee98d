using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>The store on Redis, or what speaks like it: what agents write. The other parts of this class are beside it.</summary>
internal sealed partial class HeartbeatStore : IHeartbeatStore
{
    private readonly StoreConnection _connection;
    private readonly StoreClock _clock;
    private readonly RecordCodec _codec;
    private readonly HealingOptions _options;
    private readonly StoreKeys[] _keys;
    private readonly CheckpointQueue[] _checkpoints;

    public HeartbeatStore(StoreConnection connection, StoreClock clock, RecordCodec codec, IOptions<HealingOptions> options)
    {
        _connection = connection;
        _clock = clock;
        _codec = codec;
        codec.Refused = Note;
        _options = options.Value;
        _keys = [.. Enumerable.Range(0, _options.Partitions).Select(p => new StoreKeys(_options.KeyPrefix, p))];
        _checkpoints = Array.ConvertAll(_keys, keys => new CheckpointQueue(checkpoints => SaveAsync(keys, checkpoints)));
    }

    public int Partitions => _keys.Length;

    /// <summary>Another one only where a test breaks it off half-way.</summary>
    public string CommitScript { private get; init; } = Scripts.Commit;

    public async Task SynchronizeClockAsync()
    {
        var database = await DatabaseAsync();
        var sent = _clock.Monotonic;
        var answer = (RedisResult[]?)await database.ExecuteAsync("TIME")
            ?? throw new InvalidDataException("The store answered TIME with nothing.");
        var received = _clock.Monotonic;
        var microseconds = ((long)answer[0] * 1_000_000) + (long)answer[1];
        _clock.Observe(DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(microseconds), sent, received);
    }

    public async Task<IReadOnlyList<int>> BeatAsync(int partition, IReadOnlyList<BeatEntry> beats)
    {
        var database = await DatabaseAsync();
        var keys = _keys[partition];
        var plain = new List<int>(beats.Count);
        var recorded = new List<int>();
        for (var i = 0; i < beats.Count; i++)
        {
            (beats[i].Record is null ? plain : recorded).Add(i);
        }

        var fenced = new List<int>();
        var plainTask = plain.Count > 0 ? BeatPlainAsync(database, keys, beats, plain, fenced) : Task.CompletedTask;
        if (recorded.Count > 0)
        {
            var arguments = new RedisValue[recorded.Count * 4];
            for (var i = 0; i < recorded.Count; i++)
            {
                var beat = beats[recorded[i]];
                arguments[i * 4] = beat.Member;
                arguments[(i * 4) + 1] = beat.Deadline;
                arguments[(i * 4) + 2] = beat.Id.Value;
                arguments[(i * 4) + 3] = RecordCodec.Write(beat.Record!, StoreJson.Default.Heartbeat);
            }

            var answer = (RedisResult[])(await database.ScriptEvaluateAsync(Scripts.Beat, [keys.Deadlines, keys.Heartbeats], arguments))!;
            await plainTask;
            fenced.AddRange(answer.Select(position => recorded[(int)position]));
        }

        await plainTask;
        fenced.Sort();
        CountBeats(database, keys, beats.Count - fenced.Count);
        return fenced;
    }

    public async Task<bool> ClaimAsync(AgentId id, Heartbeat first, string run, DateTimeOffset deadline)
    {
        var keys = KeysOf(id);
        var answer = await (await DatabaseAsync()).ScriptEvaluateAsync(
            Scripts.Claim,
            [keys.Deadlines, keys.Claims, keys.Heartbeats, keys.Hosts, keys.ClaimsOf(first.Host)],
            [
                StoreKeys.Member(id, first.Incarnation),
                id.Value,
                StoreKeys.Claim(first.Host, run),
                first.Host,
                deadline.ToUnixTimeMilliseconds(),
                RecordCodec.Write(first, StoreJson.Default.Heartbeat),
            ]);
        return (int)answer == 1;
    }

    public async Task<bool> ReportAsync(AgentId id, IncarnationReport report, string? claim, Heartbeat? last)
    {
        var keys = KeysOf(id);
        var answer = await (await DatabaseAsync()).ScriptEvaluateAsync(
            Scripts.Report,
            [keys.Deadlines, keys.Reports, keys.Heartbeats, keys.Claims],
            [
                StoreKeys.Member(id, report.Incarnation),
                id.Value,
                report.At.ToUnixTimeMilliseconds(),
                RecordCodec.Write(report, StoreJson.Default.IncarnationReport),
                last is null ? "" : RecordCodec.Write(last, StoreJson.Default.Heartbeat),
                claim ?? "",
            ]);
        return (int)answer == 1;
    }

    public async Task<bool> SaveCheckpointAsync(AgentId id, Checkpoint checkpoint, bool isRepeat = false)
    {
        var queue = _checkpoints[id.PartitionOf(_keys.Length)];
        var entry = new CheckpointEntry(id, checkpoint.Incarnation, RecordCodec.Write(checkpoint, StoreJson.Default.Checkpoint), isRepeat);
        try
        {
            return await queue.SaveAsync(entry);
        }
        catch (Exception e) when (StoreOutage.IsWrongType(e))
        {
            await SetCheckpointsAsideAsync(id);
            return await queue.SaveAsync(entry);
        }
    }

    public async Task<IReadOnlyList<StoredRecord<Checkpoint>>> LoadCheckpointsAsync(AgentId id, int limit)
    {
        var key = KeysOf(id).CheckpointsOf(id);
        try
        {
            var values = await (await DatabaseAsync()).ListRangeAsync(key, 0, limit - 1);
            return [.. values.Select(v => _codec.Read(v, StoreJson.Default.Checkpoint, key))];
        }
        catch (Exception e) when (StoreOutage.IsWrongType(e))
        {
            await SetCheckpointsAsideAsync(id);
            return [];
        }
    }

    /// <summary>What stands where its checkpoints belong and is no list is kept under another name; the agent has none then, and is none the worse.</summary>
    private async Task SetCheckpointsAsideAsync(AgentId id)
    {
        foreach (var key in await SetWrongTypesAsideAsync(id.PartitionOf(_keys.Length), id))
        {
            _codec.RefuseKey(key);
        }
    }

    private static async Task BeatPlainAsync(
        IDatabase database, StoreKeys keys, IReadOnlyList<BeatEntry> beats, List<int> plain, List<int> fenced)
    {
        var entries = new SortedSetEntry[plain.Count];
        for (var i = 0; i < plain.Count; i++)
        {
            var beat = beats[plain[i]];
            entries[i] = new SortedSetEntry(beat.Member, beat.Deadline);
        }

        // ZADD XX CH: only members that the supervisor put there move, and the answer counts them.
        var moved = await database.SortedSetUpdateAsync(keys.Deadlines, entries, SortedSetWhen.Exists);
        if (moved == entries.Length)
        {
            return;
        }

        // Fewer moved than were sent: somebody is fenced, or was at that deadline already. Ask who is there at all.
        var scores = await database.SortedSetScoresAsync(keys.Deadlines, [.. entries.Select(e => e.Element)]);
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] is null)
            {
                fenced.Add(plain[i]);
            }
        }
    }

    private async Task<CheckpointAnswer[]> SaveAsync(StoreKeys keys, IReadOnlyList<CheckpointEntry> checkpoints)
    {
        var (scriptKeys, arguments) = (new RedisKey[checkpoints.Count + 1], new RedisValue[(checkpoints.Count * 3) + 1]);
        (scriptKeys[0], arguments[0]) = (keys.Deadlines, _options.CheckpointsKept);
        for (var i = 0; i < checkpoints.Count; i++)
        {
            scriptKeys[i + 1] = keys.CheckpointsOf(checkpoints[i].Id);
            arguments[(i * 3) + 1] = StoreKeys.Member(checkpoints[i].Id, checkpoints[i].Incarnation);
            arguments[(i * 3) + 2] = checkpoints[i].Record;
            arguments[(i * 3) + 3] = checkpoints[i].IsRepeat;
        }

        var answers = (RedisResult[])(await (await DatabaseAsync()).ScriptEvaluateAsync(Scripts.Checkpoint, scriptKeys, arguments))!;
        return Array.ConvertAll(answers, a => a.Resp2Type is ResultType.Integer ? new CheckpointAnswer((int)a == 1, null) : new CheckpointAnswer(false, (string?)a));
    }

    /// <summary>A command that nobody waits for, and that an outage may swallow: what was done besides is not the worse for it.</summary>
    private static void WithoutWaiting(Action send)
    {
        try
        {
            send();
        }
        catch (Exception e) when (StoreOutage.Is(e) || e is ObjectDisposedException)
        {
            // The client refuses at once what it has no connection for.
        }
    }

    private StoreKeys KeysOf(AgentId id) => _keys[id.PartitionOf(_keys.Length)];

    private async ValueTask<IDatabase> DatabaseAsync() => (await _connection.GetAsync()).GetDatabase();

    private static DateTimeOffset? ToTime(double? score) => score is { } ms && ms is > 0 and < 253_402_300_799_000
        ? DateTimeOffset.FromUnixTimeMilliseconds((long)ms)
        : score is null ? null : score > 0 ? DateTimeOffset.MaxValue : DateTimeOffset.UnixEpoch;
}
