using System.Globalization;
using StackExchange.Redis;

namespace OrleansHealing.Chaos.Observation;

/// <summary>Reads the store from outside: a connection of its own, one transaction a snapshot.</summary>
internal sealed class StoreReader(Func<string?> connectionString, IReadOnlyList<string> agents, RunClock clock) : IAsyncDisposable
{
    private const string Root = "healing:{0}:";
    private const int NewestActions = 60;

    private readonly Dictionary<string, SiloSeen> _silos = [];
    private HashSet<string> _known = [];
    private bool _hasRead;
    private string? _connectedTo;
    private ConnectionMultiplexer? _connection;

    /// <summary>One look.</summary>
    /// <exception cref="RedisException">The store is away.</exception>
    /// <exception cref="TimeoutException">The same.</exception>
    public async Task<Snapshot> ReadAsync()
    {
        var database = await ConnectAsync();
        var transaction = database.CreateTransaction();
        var time = transaction.ExecuteAsync("TIME");
        var states = transaction.HashGetAllAsync(Root + "states");
        var deadlines = transaction.SortedSetRangeByScoreWithScoresAsync(Root + "deadlines");
        var beats = transaction.HashGetAllAsync(Root + "heartbeats");
        var checkpoints = agents.Select(a => transaction.ListRangeAsync($"{Root}checkpoints:{a}")).ToList();
        var actions = transaction.ListRangeAsync(Root + "actions", 0, NewestActions - 1);
        var lengths = agents.Select(a => $"actions:{a}").Append("actions").Select(k => (Key: k, Length: transaction.ListLengthAsync(Root + k))).ToList();
        var claims = transaction.HashLengthAsync(Root + "claims");
        var marks = transaction.StringGetAsync([Root + "supervisor", Root + "lastround"]);
        var malformed = transaction.HashGetAllAsync(Root + "malformed");
        var silos = transaction.HashGetAllAsync("healing:silos");
        if (!await transaction.ExecuteAsync())
        {
            throw new RedisException("The transaction was not carried out.");
        }

        foreach (var silo in await silos)
        {
            _silos[silo.Name.ToString()] = StoredRecords.Silo(silo.Value!);
        }

        var clockParts = (RedisValue[])(await time)!;
        var (newActions, hasLost) = await FollowAsync(database, await actions);
        var lists = agents.Zip(await Task.WhenAll(checkpoints)).ToDictionary(
            p => p.First, p => (IReadOnlyList<CheckpointSeen>)[.. p.Second.Select(c => StoredRecords.Checkpoint(c!))]);
        var counts = new Dictionary<string, long> { ["claims"] = await claims };
        foreach (var (key, length) in lengths)
        {
            counts[key] = await length;
        }

        foreach (var (agent, list) in lists)
        {
            counts[$"checkpoints:{agent}"] = list.Count;
        }

        var (supervisor, lastRound) = ((await marks)[0], (await marks)[1]);
        return new Snapshot
        {
            At = clock.Now,
            StoreNow = DateTimeOffset.FromUnixTimeSeconds((long)clockParts[0]).AddMicroseconds((long)clockParts[1]),
            States = (await states).ToDictionary(s => s.Name.ToString(), s => StoredRecords.State(s.Value!)),
            Deadlines = [.. (await deadlines).Select(d => StoredRecords.Deadline(d.Element!, d.Score))],
            Beats = (await beats).ToDictionary(b => b.Name.ToString(), b => StoredRecords.Beat(b.Value!)),
            Checkpoints = lists,
            NewActions = newActions,
            HasLostActions = hasLost,
            Lengths = counts,
            Silos = new Dictionary<string, SiloSeen>(_silos),
            Supervisor = supervisor,
            LastRound = !lastRound.IsNull && lastRound.TryParse(out long ms) ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
            Malformed = [.. (await malformed).Select(m => $"{m.Name}: {m.Value}")],
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    /// <summary>Those out of the log's head that were not there before, oldest first; more of the list when all of its head is new.</summary>
    private async Task<(IReadOnlyList<ActionSeen> New, bool HasLost)> FollowAsync(IDatabase database, RedisValue[] head)
    {
        // Compared as they stand there: each has an id of its own, and what is known need not be parsed again.
        var newest = head.Select(a => a.ToString()).ToList();
        var hasLost = false;
        if (_hasRead && newest.Count == NewestActions && newest.TrueForAll(a => !_known.Contains(a)))
        {
            // What was written since the transaction is left to the next look.
            var all = (await database.ListRangeAsync(Root + "actions")).Select(a => a.ToString()).ToList();
            newest = all[Math.Max(0, all.IndexOf(newest[0]))..];
            hasLost = newest.TrueForAll(a => !_known.Contains(a));
        }

        var added = newest.TakeWhile(a => !_known.Contains(a)).Reverse().Select(StoredRecords.Action).ToList();
        _known = [.. newest];
        _hasRead = true;
        return (added, hasLost);
    }

    private async Task<IDatabase> ConnectAsync()
    {
        var wanted = connectionString() ?? throw new RedisException("There is no store yet.");
        if (_connection is null || wanted != _connectedTo)
        {
            await DisposeAsync();
            var options = ConfigurationOptions.Parse(wanted);
            options.AbortOnConnectFail = false;
            options.ConnectTimeout = 2_000;
            options.AsyncTimeout = 2_000;
            options.BacklogPolicy = BacklogPolicy.FailFast;
            options.ReconnectRetryPolicy = new LinearRetry(200);
            options.ClientName = string.Create(CultureInfo.InvariantCulture, $"chaos-{Environment.ProcessId}");
            _connection = await ConnectionMultiplexer.ConnectAsync(options);
            _connectedTo = wanted;
        }

        return _connection.GetDatabase();
    }
}
