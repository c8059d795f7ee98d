using OrleansHealing.Agents;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// The keys of one partition. Braces make Redis Cluster keep a partition on one node, so that its scripts may touch all of them.
/// </summary>
internal sealed class StoreKeys(string prefix, int partition)
{
    /// <summary>The highest incarnation: the scripts count in doubles.</summary>
    public const long MaxIncarnation = 1L << 53;

    private readonly string _root = $"{prefix}:{{{partition}}}:";

    /// <summary>zset: <c>agentId#incarnation</c> to its deadline, ms. Who is in it may beat; nobody else.</summary>
    public RedisKey Deadlines => _root + "deadlines";

    /// <summary>zset: agent id to the moment of its next restart, ms.</summary>
    public RedisKey Restarts => _root + "restarts";

    /// <summary>zset: agent id to the supervisor's next look at it, ms.</summary>
    public RedisKey Looks => _root + "looks";

    /// <summary>hash: agent id to its last <see cref="Heartbeat"/>.</summary>
    public RedisKey Heartbeats => _root + "heartbeats";

    /// <summary>hash: agent id to its <see cref="HealthState"/>.</summary>
    public RedisKey States => _root + "states";

    /// <summary>hash: agent id to its <see cref="AgentDefinition"/>.</summary>
    public RedisKey Definitions => _root + "definitions";

    /// <summary>hash: agent id to the <see cref="IncarnationReport"/> that has not been acted on yet.</summary>
    public RedisKey Reports => _root + "reports";

    /// <summary>hash: <c>agentId#incarnation</c> to <c>host|run</c>, the one body that may be this incarnation.</summary>
    public RedisKey Claims => _root + "claims";

    /// <summary>set: hosts that have or had claims.</summary>
    public RedisKey Hosts => _root + "hosts";

    /// <summary>list: the fleet's actions, newest first.</summary>
    public RedisKey Actions => _root + "actions";

    /// <summary>hash: failures, restarts, recoveries, recoveryMs, and the floor under new agents' incarnations.</summary>
    public RedisKey Counters => _root + "counters";

    /// <summary>string: how many heartbeats were accepted.</summary>
    public RedisKey Beats => _root + "beats";

    /// <summary>list: what the partition did in stretches of time, newest first, as <see cref="Fleet.FleetSample"/>.</summary>
    public RedisKey Samples => _root + "samples";

    /// <summary>string: when the partition's supervisor last finished a round, ms.</summary>
    public RedisKey LastRound => _root + "lastround";

    /// <summary>string: since when the partition's supervisor could hear everybody, ms; silence before it proves nothing.</summary>
    public RedisKey HeardSince => _root + "heardsince";

    /// <summary>string: until when turns of the fleet's restarts are taken, ms.</summary>
    public RedisKey RestartsUntil => _root + "restartsuntil";

    /// <summary>string: when the panic guard last saw too many silent, ms; 0 when it is off.</summary>
    public RedisKey PanicAt => _root + "panicat";

    /// <summary>string: how many supervisors the partition has had; what the newest writes about the partition is taken, and nothing of those before it.</summary>
    public RedisKey Term => _root + "term";

    /// <summary>string: the host of the partition's supervisor.</summary>
    public RedisKey Supervisor => _root + "supervisor";

    /// <summary>hash: what cannot be read, by where it stands (<c>key field</c>), and what was set aside, by itself; to why.</summary>
    public RedisKey Malformed => _root + "malformed";

    /// <summary>hash: gaps between heartbeats by kind and bucket, and verdicts by silence; as <see cref="SilenceCounts"/> names them.</summary>
    public RedisKey Silences => _root + "silences";

    /// <summary>hash: key to the <see cref="Alerts.Incident"/> that is open, or that some sink was not told the end of.</summary>
    public RedisKey Alerts => _root + "alerts";

    /// <summary>hash: silo address to <see cref="SiloRecord"/>; of the whole cluster.</summary>
    public RedisKey Silos { get; } = $"{prefix}:silos";

    /// <summary>hash: silo address to <see cref="Fleet.SiloDrain"/>; of the whole cluster.</summary>
    public RedisKey Drains { get; } = $"{prefix}:drains";

    /// <summary>hash: scope to the <see cref="MaintenanceOrder"/> that stands; of the whole cluster.</summary>
    public RedisKey Maintenance { get; } = $"{prefix}:maintenance";

    /// <summary>hash: id to the <see cref="Alerts.AlertSilence"/> of that name; of the whole cluster.</summary>
    public RedisKey AlertSilences { get; } = $"{prefix}:alertsilences";

    /// <summary>Channel on which actions are told as they happen; a hint, never the truth.</summary>
    public RedisChannel Events { get; } = RedisChannel.Literal($"{prefix}:events");

    /// <summary>set: the ids of a group's members.</summary>
    public RedisKey GroupOf(string name) => $"{_root}group:{name}";

    /// <summary>list: one agent's actions, newest first.</summary>
    public RedisKey ActionsOf(AgentId id) => $"{_root}actions:{id}";

    /// <summary>list: one agent's checkpoints, newest first.</summary>
    public RedisKey CheckpointsOf(AgentId id) => $"{_root}checkpoints:{id}";

    /// <summary>list: what one agent's last decisions were made on, newest first.</summary>
    public RedisKey EvidenceOf(AgentId id) => $"{_root}evidence:{id}";

    /// <summary>zset, all scores 0: the ids of one status, for pages in order and counts.</summary>
    public RedisKey ByStatus(AgentStatus status) => $"{_root}status:{status.ToWord()}";

    /// <summary>set: the <c>agentId#incarnation</c> that one host claimed.</summary>
    public RedisKey ClaimsOf(string host) => $"{_root}host:{host}";

    /// <summary>Whether <paramref name="key"/> is one of this partition, or one of the whole cluster that its first keeps notes of.</summary>
    public bool Owns(string key) => key.StartsWith(_root, StringComparison.Ordinal) || (partition is 0 && (key == Silos.ToString() || key == Drains.ToString() || key == Maintenance.ToString() || key == AlertSilences.ToString()));

    /// <summary>Whether <paramref name="key"/> is a list of checkpoints.</summary>
    public bool IsOfCheckpoints(string key) => key.StartsWith(_root + "checkpoints:", StringComparison.Ordinal);

    /// <summary>Whether <paramref name="key"/> is a list of evidence.</summary>
    public bool IsOfEvidence(string key) => key.StartsWith(_root + "evidence:", StringComparison.Ordinal);

    /// <summary>What type belongs under each key of the partition, and under those of one agent if it is given.</summary>
    public IEnumerable<(RedisKey Key, RedisType Type)> Types(AgentId? id)
    {
        (RedisKey, RedisType)[] fleet =
        [
            (Deadlines, RedisType.SortedSet), (Restarts, RedisType.SortedSet), (Looks, RedisType.SortedSet),
            (Heartbeats, RedisType.Hash), (States, RedisType.Hash), (Definitions, RedisType.Hash), (Reports, RedisType.Hash),
            (Claims, RedisType.Hash), (Hosts, RedisType.Set), (Actions, RedisType.List), (Counters, RedisType.Hash),
            (LastRound, RedisType.String), (HeardSince, RedisType.String), (Supervisor, RedisType.String), (Term, RedisType.String), (RestartsUntil, RedisType.String),
            (PanicAt, RedisType.String), (Malformed, RedisType.Hash),
            (Silences, RedisType.Hash), (Alerts, RedisType.Hash), (Beats, RedisType.String), (Samples, RedisType.List),
        ];
        var statuses = Enum.GetValues<AgentStatus>().Select(s => (ByStatus(s), RedisType.SortedSet));
        (RedisKey, RedisType)[] own = id is { } agent ? [(ActionsOf(agent), RedisType.List), (CheckpointsOf(agent), RedisType.List), (EvidenceOf(agent), RedisType.List)] : [];
        (RedisKey, RedisType)[] cluster = partition is 0 ? [(Silos, RedisType.Hash), (Drains, RedisType.Hash), (Maintenance, RedisType.Hash), (AlertSilences, RedisType.Hash)] : [];
        return [.. fleet, .. statuses, .. own, .. cluster];
    }

    /// <summary>How one body claims an incarnation.</summary>
    public static string Claim(string host, string run) => $"{host}|{run}";

    /// <summary>The host of a claim.</summary>
    public static string HostOf(string claim) => claim.Split('|')[0];

    /// <summary>The member of an incarnation.</summary>
    public static string Member(AgentId id, long incarnation) => $"{id.Value}#{incarnation}";

    /// <summary>Reads a member; false for anything that <see cref="Member"/> cannot have written.</summary>
    public static bool TryParseMember(string? member, out AgentId id, out long incarnation)
    {
        id = default;
        incarnation = 0;
        var at = member?.LastIndexOf('#') ?? -1;
        return at > 0
            && AgentId.TryParse(member![..at], out id)
            && long.TryParse(member.AsSpan(at + 1), System.Globalization.NumberStyles.None, null, out incarnation)
            && incarnation is > 0 and <= MaxIncarnation;
    }
}
