using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Simulation;

/// <summary>
/// What the store does, without a store: the same answers to the same questions, each write whole unless a bug is planted.
/// </summary>
internal sealed partial class ModelStore
{
    private const int CheckpointsKept = 3;
    private SortedDictionary<AgentId, Record> _records = [];
    private Dictionary<string, HashSet<ClaimedIncarnation>> _hosts = new(StringComparer.Ordinal);
    private HashSet<string> _knownHosts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MaintenanceOrder> _maintenance = new(StringComparer.Ordinal);
    private long _version;
    private long _floor;
    private LastRound? _lastRound;
    private long _term;

    public PlantedBug Bug { get; init; }

    public Oracle? Oracle { get; init; }

    public IEnumerable<AgentId> Ids => _records.Where(r => r.Value.State is not null).Select(r => r.Key);

    public HealthState? StateOf(AgentId id) => _records.GetValueOrDefault(id)?.State;

    public bool Beat(BeatEntry beat)
    {
        var record = Of(beat.Id);
        if (!record.Deadlines.ContainsKey(beat.Incarnation))
        {
            if (Bug is not PlantedBug.FenceOff || record.State is null)
            {
                return false;
            }
        }

        record.Deadlines[beat.Incarnation] = Time(beat.Deadline);
        record.Heartbeat = beat.Record ?? record.Heartbeat;
        Oracle?.Wrote(beat.Id, beat.Incarnation, "beat");
        Oracle?.Heard(beat.Id, beat.Incarnation, Time(beat.Deadline));
        return true;
    }

    public bool Claim(AgentId id, Heartbeat first, string run, DateTimeOffset deadline)
    {
        var record = Of(id);
        var claim = StoreKeys.Claim(first.Host, run);
        if (!record.Deadlines.ContainsKey(first.Incarnation)
            || (record.Claims.TryGetValue(first.Incarnation, out var owner) && owner != claim))
        {
            return false;
        }

        record.Claims[first.Incarnation] = claim;
        record.Deadlines[first.Incarnation] = Floor(deadline);
        record.Heartbeat = first;
        _knownHosts.Add(first.Host);
        ClaimsOf(first.Host).Add(new(id, first.Incarnation));
        Oracle?.Wrote(id, first.Incarnation, "claim");
        Oracle?.Heard(id, first.Incarnation, deadline);
        return true;
    }

    public bool Report(AgentId id, IncarnationReport report, string? claim, Heartbeat? last)
    {
        var record = Of(id);
        if (!record.Deadlines.ContainsKey(report.Incarnation) || record.Claims.GetValueOrDefault(report.Incarnation) != claim)
        {
            return false;
        }

        record.Report = report;
        record.Deadlines[report.Incarnation] = Floor(report.At);
        record.Heartbeat = last ?? record.Heartbeat;
        Oracle?.Told(id, report);
        return true;
    }

    public bool SaveCheckpoint(AgentId id, Checkpoint checkpoint)
    {
        var record = Of(id);
        if (!record.Deadlines.ContainsKey(checkpoint.Incarnation) && Bug is not PlantedBug.FenceOff)
        {
            return false;
        }

        record.Checkpoints = [checkpoint, .. record.Checkpoints.Take(CheckpointsKept - 1)];
        Oracle?.Wrote(id, checkpoint.Incarnation, "checkpoint");
        return true;
    }

    public DueAgents Due(DateTimeOffset now, int limit, int skip = 0)
    {
        var ids = new List<AgentId>();
        var scheduled = new HashSet<AgentId>();
        DateTimeOffset? next = null;
        foreach (var (id, record) in _records)
        {
            var moments = record.Deadlines.Values.Select(d => (At: d, IsSchedule: false)).ToList();
            moments.AddRange(new[] { record.Restart, record.Look }.OfType<DateTimeOffset>().Select(at => (at, true)));
            if (moments.Exists(m => m.At <= now) && skip-- <= 0 && ids.Count < limit)
            {
                ids.Add(id);
            }

            if (moments.Exists(m => m.IsSchedule && m.At <= now))
            {
                scheduled.Add(id);
            }

            foreach (var (at, _) in moments.Where(m => m.At > now))
            {
                next = next is null || at < next ? at : next;
            }
        }

        return new DueAgents(ids, scheduled, next, ids.Count == limit, []);
    }

    public AgentSnapshot Load(AgentId id)
    {
        var record = _records.GetValueOrDefault(id) ?? new Record();
        var incarnation = record.State?.Incarnation ?? 0;
        return new AgentSnapshot
        {
            Id = id,
            Definition = Stored(record.Definition, 0),
            State = Stored(record.State, record.StateVersion),
            Heartbeat = Stored(record.Heartbeat, 0),
            Report = Stored(record.Report, 0),
            Deadline = record.Deadlines.TryGetValue(incarnation, out var deadline) ? deadline : null,
            Claim = record.Claims.GetValueOrDefault(incarnation),
        };
    }

    public CommitOutcome Commit(CommitRequest request, Action between, object? by = null)
    {
        var (before, next) = (request.Before, request.Next);
        var old = before.State.Value;
        var record = Of(before.Id);
        var leaves = old is not null && (next is null || !next.IsPromised || next.Incarnation != old.Incarnation);
        if (!IsAsBefore(record, before)
            || (leaves && record.Claims.GetValueOrDefault(old!.Incarnation) != before.Claim)
            || (request.Definition is not null && _floor >= next!.Incarnation))
        {
            return CommitOutcome.Conflict;
        }

        if (leaves && request.OnlyIfDeadlineAtMost is { } latest
            && record.Deadlines.TryGetValue(old!.Incarnation, out var stands) && stands > latest)
        {
            return CommitOutcome.HeardSince;
        }

        if (leaves && record.Report != before.Report.Value)
        {
            return CommitOutcome.HeardSince;
        }

        if (request.Grants && !TryGrant(request))
        {
            return CommitOutcome.Lost;
        }

        Oracle?.Committed(request, by);
        LookAt(request.AlsoLookAt);
        if (Bug is PlantedBug.CommitSplitInTwo && next is not null)
        {
            // The state, and the rest in another step: others, or death, can come between.
            Write(record, next);
            between();
        }

        if (request.NewDeadline is { } deadline)
        {
            record.Deadlines[next!.Incarnation] = Floor(deadline);
        }

        if (leaves)
        {
            record.Deadlines.Remove(old!.Incarnation);
            record.Claims.Remove(old.Incarnation);
            record.Report = null;
            foreach (var claims in _hosts.Values)
            {
                claims.Remove(new(before.Id, old.Incarnation));
            }
        }

        record.Definition = request.Definition ?? record.Definition;
        if (next is null)
        {
            _floor = Math.Max(_floor, old!.Incarnation);
            _records.Remove(before.Id);
            return CommitOutcome.Done;
        }

        Write(record, next);
        record.Look = next.NextLookAt is { } look ? Floor(look) : null;
        record.Restart = next is { Status: AgentStatus.BackingOff, NextRestartAt: { } restart } ? Floor(restart) : null;
        return CommitOutcome.Done;
    }

    public void Tidy(AgentId id, StoredRecord<HealthState> state)
    {
        if (_records.TryGetValue(id, out var record) && IsSame(record, state))
        {
            record.Look = state.Value?.NextLookAt is { } look ? Floor(look) : null;
            record.Restart = state.Value is { Status: AgentStatus.BackingOff, NextRestartAt: { } restart } ? Floor(restart) : null;
        }
    }

    public IReadOnlyList<AgentId> IdsOf(AgentStatus status, string? after, int limit) =>
        [.. Ids.Where(id => StateOf(id)!.Status == status && string.CompareOrdinal(id.Value, after) > 0).Take(limit)];

    public IReadOnlyDictionary<AgentStatus, long> Count() =>
        Ids.GroupBy(id => StateOf(id)!.Status).ToDictionary(g => g.Key, g => g.LongCount());

    public long CountPast(DateTimeOffset now) => _records.Values.Sum(r => r.Deadlines.Values.LongCount(d => d <= now));

    public IReadOnlyList<AgentId> Group(string name) => [.. _records.Where(r => r.Value.Definition?.Group?.Name == name).Select(r => r.Key)];

    /// <summary>The checkpoints of an agent, newest first.</summary>
    public IReadOnlyList<Checkpoint> CheckpointsOf(AgentId id) => _records.GetValueOrDefault(id)?.Checkpoints ?? [];

    public IReadOnlyList<string> Hosts() => [.. _knownHosts];

    public IReadOnlyList<ClaimedIncarnation> Claims(string host) => [.. ClaimsOf(host)];

    public DateTimeOffset? DeadlineOf(ClaimedIncarnation claim) =>
        _records.GetValueOrDefault(claim.Id)?.Deadlines.TryGetValue(claim.Incarnation, out var deadline) is true ? deadline : null;

    public void ForgetClaims(string host, IReadOnlyList<ClaimedIncarnation> claims)
    {
        foreach (var claim in claims)
        {
            ClaimsOf(host).Remove(claim);
            _records.GetValueOrDefault(claim.Id)?.Claims.Remove(claim.Incarnation);
        }
    }

    public void ForgetHost(string host) => _knownHosts.Remove(host);

    public long IncarnationFloor() => Math.Max(_floor, GrantFloor);

    public long? FindIncarnation(AgentId id) => _records.GetValueOrDefault(id)?.Deadlines.Keys.Max(i => (long?)i);

    public void SetAside(string member)
    {
        if (StoreKeys.TryParseMember(member, out var id, out var incarnation) && _records.TryGetValue(id, out var record))
        {
            record.Deadlines.Remove(incarnation);
        }
    }

    public long BeginTerm() => ++_term;

    /// <summary>Whether what a supervisor says of the whole partition is taken.</summary>
    public void CheckTerm(long term)
    {
        if (_term > term && Bug is not PlantedBug.TermIgnored)
        {
            throw new SupersededException(0, term);
        }

        _term = Math.Max(_term, term);
        Oracle?.SpokeFor(term);
    }

    public void NoteRound(long term, LastRound round)
    {
        CheckTerm(term);
        _lastRound = new LastRound(
            Floor(round.At), round.HeardSince is { } since ? Floor(since) : _lastRound?.HeardSince, round.Host, round.RestartsUntil ?? _lastRound?.RestartsUntil,
            round.PanicAt is { } panic ? Floor(panic) : null);
    }

    public LastRound? LastRound() => _lastRound;

    public IReadOnlyList<MaintenanceOrder> Maintenance() => [.. _maintenance.Values];

    public void SetMaintenance(MaintenanceOrder order) => _maintenance[order.Scope] = order;

    public bool EndMaintenance(string scope) => _maintenance.Remove(scope);

    public void ReplaceMaintenance(MaintenanceOrder before, MaintenanceOrder? after)
    {
        if (_maintenance.GetValueOrDefault(before.Scope) == before)
        {
            _maintenance.Remove(before.Scope);
            if (after is not null)
            {
                SetMaintenance(after);
            }
        }
    }

    /// <summary>The record of the agent's state is lost, as by somebody's hand.</summary>
    public void LoseState(AgentId id)
    {
        var record = Of(id);
        record.State = null;
        record.StateVersion = 0;
    }

    /// <summary>Others of whom something may be to be decided are due at once.</summary>
    private void LookAt(IReadOnlyList<AgentId> ids)
    {
        foreach (var id in ids)
        {
            Of(id).Look = Time(0);
        }
    }

    private void Write(Record record, HealthState? next)
    {
        record.State = next;
        record.StateVersion = ++_version;
    }

    private static bool IsAsBefore(Record record, AgentSnapshot before) => IsSame(record, before.State);

    private static bool IsSame(Record record, StoredRecord<HealthState> state) =>
        record.State is null ? state.Raw.IsNull : !state.Raw.IsNull && (long)state.Raw == record.StateVersion;

    private static StoredRecord<T> Stored<T>(T? value, long version)
        where T : class => value is null ? default : new StoredRecord<T>(value, "", null) { Raw = (RedisValue)version };

    // The store keeps whole milliseconds.
    private static DateTimeOffset Floor(DateTimeOffset time) => Time(time.ToUnixTimeMilliseconds());

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private Record Of(AgentId id) => _records.TryGetValue(id, out var record) ? record : _records[id] = new Record();

    private HashSet<ClaimedIncarnation> ClaimsOf(string host) =>
        _hosts.TryGetValue(host, out var claims) ? claims : _hosts[host] = [];

    internal sealed class Record
    {
        public AgentDefinition? Definition { get; set; }

        public HealthState? State { get; set; }

        public long StateVersion { get; set; }

        public Heartbeat? Heartbeat { get; set; }

        public IncarnationReport? Report { get; set; }

        public SortedDictionary<long, DateTimeOffset> Deadlines { get; private init; } = [];

        public Dictionary<long, string> Claims { get; private init; } = [];

        public IReadOnlyList<Checkpoint> Checkpoints { get; set; } = [];

        public DateTimeOffset? Look { get; set; }

        public DateTimeOffset? Restart { get; set; }

        public Record Copy()
        {
            var copy = new Record { Deadlines = new(Deadlines), Claims = new(Claims) };
            (copy.Definition, copy.State, copy.StateVersion, copy.Heartbeat, copy.Report, copy.Look, copy.Restart, copy.Checkpoints) =
                (Definition, State, StateVersion, Heartbeat, Report, Look, Restart, Checkpoints);
            return copy;
        }
    }
}
