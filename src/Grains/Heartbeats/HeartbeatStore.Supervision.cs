using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>What the supervisor reads and writes.</summary>
internal sealed partial class HeartbeatStore
{
    public async Task WarmUpAsync()
    {
        var database = await DatabaseAsync();
        foreach (var keys in _keys)
        {
            RedisKey nothing = keys.Malformed;
            RedisKey[] commitKeys = [.. Enumerable.Repeat(nothing, 17)];
            commitKeys[3] = keys.States;
            RedisValue[] commitArguments = [.. Enumerable.Repeat((RedisValue)"", 23)];
            commitArguments[1] = "no state reads like this";
            await Task.WhenAll(
                database.ScriptEvaluateAsync(CommitScript, commitKeys, commitArguments),
                database.ScriptEvaluateAsync(Scripts.Claim, [keys.Deadlines, nothing, nothing, nothing, nothing], ["", "", "", "", "", ""]),
                database.ScriptEvaluateAsync(Scripts.Beat, [keys.Deadlines, nothing], ["", 0, "", ""]),
                database.ScriptEvaluateAsync(Scripts.Report, [keys.Deadlines, nothing, nothing, nothing], ["", "", 0, "", "", ""]),
                database.ScriptEvaluateAsync(Scripts.Checkpoint, [keys.Deadlines, nothing], [1, "", "", ""]));
        }
    }

    public async Task<DueAgents> DueAsync(int partition, DateTimeOffset now, int limit, int skip = 0)
    {
        var database = await DatabaseAsync();
        var keys = _keys[partition];
        var at = now.ToUnixTimeMilliseconds();
        RedisKey[] sets = [keys.Deadlines, keys.Restarts, keys.Looks];

        // Sent as one batch, so that all six answers cost one round trip.
        var due = Array.ConvertAll(sets, set => database.SortedSetRangeByScoreAsync(set, double.NegativeInfinity, at, skip: skip, take: limit));
        var next = Array.ConvertAll(
            sets,
            set => database.SortedSetRangeByScoreWithScoresAsync(set, at, double.PositiveInfinity, Exclude.Start, take: 1));
        var ids = new List<AgentId>();
        var seen = new HashSet<AgentId>();
        var scheduled = new HashSet<AgentId>();
        var orphans = new List<string>();
        var hasMore = false;
        for (var i = 0; i < sets.Length; i++)
        {
            var members = await due[i];
            hasMore |= members.Length == limit;
            foreach (var member in members)
            {
                var text = member.ToString();
                if (i == 0 ? StoreKeys.TryParseMember(text, out var id, out _) : AgentId.TryParse(text, out id))
                {
                    if (seen.Add(id))
                    {
                        ids.Add(id);
                    }

                    if (i > 0)
                    {
                        scheduled.Add(id);
                    }
                }
                else
                {
                    orphans.Add(text);
                }
            }
        }

        var earliest = (await Task.WhenAll(next)).SelectMany(n => n).Select(n => ToTime(n.Score)).Min();
        return new DueAgents(ids, scheduled, earliest, hasMore, orphans);
    }

    public async Task<IReadOnlyList<AgentSnapshot>> LoadAsync(int partition, IReadOnlyList<AgentId> ids)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var database = await DatabaseAsync();
        var keys = _keys[partition];
        RedisValue[] fields = [.. ids.Select(id => (RedisValue)id.Value)];
        var definitionsTask = database.HashGetAsync(keys.Definitions, fields);
        var statesTask = database.HashGetAsync(keys.States, fields);
        var heartbeatsTask = database.HashGetAsync(keys.Heartbeats, fields);
        var reportsTask = database.HashGetAsync(keys.Reports, fields);
        var states = (await statesTask).Select((s, i) => ReadState(s, keys, ids[i])).ToArray();
        RedisValue[] members = [.. states.Select((s, i) => (RedisValue)StoreKeys.Member(ids[i], s.Value?.Incarnation ?? 0))];
        var scoresTask = database.SortedSetScoresAsync(keys.Deadlines, members);
        var claimsTask = database.HashGetAsync(keys.Claims, members);
        var definitions = await definitionsTask;
        var heartbeats = await heartbeatsTask;
        var reports = await reportsTask;
        var scores = await scoresTask;
        var claims = await claimsTask;

        return [.. ids.Select((id, i) => new AgentSnapshot
        {
            Id = id,
            Definition = ReadDefinition(definitions[i], keys, id),
            State = states[i],
            Heartbeat = ReadHeartbeat(heartbeats[i], keys, id),
            Report = ReadReport(reports[i], keys, id),
            Deadline = ToTime(scores[i]),
            Claim = claims[i].IsNullOrEmpty ? null : claims[i].ToString(),
        })];
    }

    public async Task<long> BeginTermAsync(int partition) =>
        (long)await (await DatabaseAsync()).ScriptEvaluateAsync(Scripts.Begin, [_keys[partition].Term]);

    public Task NoteRoundAsync(int partition, long term, LastRound round)
    {
        var keys = _keys[partition];
        return InTermAsync(
            partition, term, Scripts.Round, [keys.LastRound, keys.HeardSince, keys.Supervisor, keys.RestartsUntil, keys.PanicAt],
            [Ms(round.At), Ms(round.HeardSince), round.Host ?? "", Ms(round.RestartsUntil), Ms(round.PanicAt ?? DateTimeOffset.UnixEpoch)]);
    }

    /// <summary>Runs a script that writes what a supervisor says of its whole partition.</summary>
    private async Task InTermAsync(int partition, long term, string script, RedisKey[] keys, RedisValue[] values)
    {
        if (!(bool)await (await DatabaseAsync()).ScriptEvaluateAsync(script, [_keys[partition].Term, .. keys], [term, .. values]))
        {
            throw new SupersededException(partition, term);
        }
    }

    public async Task<LastRound?> LastRoundAsync(int partition)
    {
        var keys = _keys[partition];
        var values = await (await DatabaseAsync()).StringGetAsync([keys.LastRound, keys.HeardSince, keys.Supervisor, keys.RestartsUntil, keys.PanicAt]);
        return Moment(values[0]) is { } at ? new LastRound(at, Moment(values[1]), values[2], Moment(values[3]), Moment(values[4])) : null;

        static DateTimeOffset? Moment(RedisValue value) => !value.IsNull && value.TryParse(out long ms) && ms > 0 ? ToTime(ms) : null;
    }

    public async Task<CommitOutcome> CommitAsync(CommitRequest request)
    {
        var (before, next) = (request.Before, request.Next);
        var id = before.Id;
        var keys = KeysOf(id);
        var old = before.State.Value;
        var incarnation = next?.Incarnation ?? old?.Incarnation ?? 0;
        var leaves = old is not null && (next is null || !next.IsPromised || next.Incarnation != old.Incarnation);
        var restarts = request.Actions.Count(a => a.Action is ActionKind.Restarting);
        var failures = request.Actions.Count(a => a.Action is ActionKind.Failed);
        var group = (request.Definition ?? before.Definition.Value)?.Group?.Name;
        RedisKey[] scriptKeys =
        [
            keys.Deadlines, keys.Restarts, keys.Looks, keys.States, keys.Definitions, keys.Heartbeats, keys.Reports, keys.Claims,
            keys.Actions, keys.ActionsOf(id), keys.Counters, keys.CheckpointsOf(id),
            keys.ByStatus(old?.Status ?? next?.Status ?? AgentStatus.Starting),
            keys.ByStatus(next?.Status ?? old?.Status ?? AgentStatus.Starting),
            keys.ClaimsOf(before.ClaimedBy ?? "nobody"),
            keys.EvidenceOf(id),
            group is null ? keys.ClaimsOf("nobody") : keys.GroupOf(group),
        ];
        RedisValue[] arguments =
        [
            id.Value,
            before.State.Raw.IsNull ? "" : before.State.Raw,
            next is null ? "" : RecordCodec.Write(next, StoreJson.Default.HealthState),
            leaves ? StoreKeys.Member(id, old!.Incarnation) : "",
            leaves ? Ms(request.OnlyIfDeadlineAtMost) : "",
            request.NewDeadline is null ? "" : StoreKeys.Member(id, incarnation),
            Ms(request.NewDeadline),
            next?.Status is AgentStatus.BackingOff ? Ms(next.NextRestartAt) : "",
            Ms(next?.NextLookAt),
            request.Definition is null ? "" : RecordCodec.Write(request.Definition, StoreJson.Default.AgentDefinition),
            _options.ActionsKept,
            failures,
            restarts,
            request.RecoveredAfter is null ? 0 : 1,
            (long)(request.RecoveredAfter ?? TimeSpan.Zero).TotalMilliseconds,
            incarnation,
            before.Claim ?? "",
            request.Grants ? request.Known?.Generation ?? "any" : "",
            request.Known?.Grants ?? 0,
            EvidenceText(request),
            _options.DecisionsKept,
            string.Join(' ', request.AlsoLookAt),
            group ?? "",
            before.Report.Raw.IsNull ? "" : before.Report.Raw,
            .. request.Actions.Select(a => (RedisValue)RecordCodec.Write(a, StoreJson.Default.SupervisorAction)),
        ];
        var answer = (long)await (await DatabaseAsync()).ScriptEvaluateAsync(CommitScript, scriptKeys, arguments);
        if (answer > (long)CommitOutcome.Done)
        {
            request.Granted?.Invoke(answer - 1);
        }

        return (CommitOutcome)Math.Min(answer, (long)CommitOutcome.Done);
    }

    public async Task<IReadOnlyList<AgentId>> GroupAsync(int partition, string name, IReadOnlyCollection<AgentId> known)
    {
        var key = _keys[partition].GroupOf(name);
        var members = await OfSetAsync(key, database => database.SetMembersAsync(key));
        HashSet<AgentId> ids = [.. members.Select(m => AgentId.TryParse(m.ToString(), out var id) ? id : (AgentId?)null).OfType<AgentId>()];
        RedisValue[] missing = [.. known.Where(ids.Add).Select(id => (RedisValue)id.Value)];
        if (missing.Length > 0)
        {
            await (await DatabaseAsync()).SetAddAsync(key, missing);
        }

        return [.. ids];
    }

    public async Task<long> IncarnationFloorAsync(int partition)
    {
        var floors = await (await DatabaseAsync()).HashGetAsync(_keys[partition].Counters, ["incarnationFloor", "grantFloor"]);
        return floors.Max(floor => floor.TryParse(out long value) ? value : 0);
    }

    private StoredRecord<HealthState> ReadState(RedisValue value, StoreKeys keys, AgentId id) =>
        _codec.Read(value, StoreJson.Default.HealthState, keys.States, id.Value, state => Misplaced(state.AgentId, id));

    private StoredRecord<AgentDefinition> ReadDefinition(RedisValue value, StoreKeys keys, AgentId id) =>
        _codec.Read(value, StoreJson.Default.AgentDefinition, keys.Definitions, id.Value, definition => Misplaced(definition.Id, id));

    private StoredRecord<Heartbeat> ReadHeartbeat(RedisValue value, StoreKeys keys, AgentId id) =>
        _codec.Read(value, StoreJson.Default.Heartbeat, keys.Heartbeats, id.Value);

    private StoredRecord<IncarnationReport> ReadReport(RedisValue value, StoreKeys keys, AgentId id) =>
        _codec.Read(value, StoreJson.Default.IncarnationReport, keys.Reports, id.Value);

    private static string? Misplaced(AgentId about, AgentId id) => about == id ? null : $"it is about '{about}'";

    private static RedisValue Ms(DateTimeOffset? time) => time is { } t ? t.ToUnixTimeMilliseconds() : "";
}
