using System.Text.Json.Serialization;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>
/// The record of what a decision was made on. Neither an agent's settings, which may hold secrets, nor its progress are in it:
/// no decision reads them.
/// </summary>
internal sealed record DecisionEvidence
{
    /// <summary>As many hosts are kept without looking for them.</summary>
    public const int KeptHosts = 4;

    /// <summary>What the ids of the decision's actions begin with.</summary>
    public required string Id { get; init; }

    public required AgentId AgentId { get; init; }

    public required DecisionEntry Entry { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentCommand? Command { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Actor { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? IncarnationFloor { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Incarnation { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? GoesOn { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long GroupRound { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GroupMember>? Siblings { get; init; }

    /// <summary>The body that was taken back; of its definition no more than of the agent's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunningBody? Body { get; init; }

    public required Circumstances Circumstances { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HealthState? State { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StateFault { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Deadline { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Claim { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IncarnationReport? Report { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReportFault { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Heartbeat? Heartbeat { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? HeartbeatFault { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentDefinition? Definition { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DefinitionFault { get; init; }

    public required SupervisionPolicy Policy { get; init; }

    /// <summary>What the ids of a decision's actions have in common with <paramref name="actionId"/>.</summary>
    public static string IdOf(string actionId) => actionId.LastIndexOf('-') is > 0 and var at ? actionId[..at] : actionId;

    /// <summary>The record of a decision that wrote actions.</summary>
    public static DecisionEvidence Of(DecisionInputs inputs, IReadOnlyList<SupervisorAction> actions)
    {
        var snapshot = inputs.Snapshot;
        var evidence = new DecisionEvidence
        {
            Id = IdOf(actions[0].Id),
            AgentId = snapshot.Id,
            Entry = inputs.Entry,
            Command = inputs.Command,
            Actor = inputs.Actor,
            IncarnationFloor = inputs.IncarnationFloor,
            Incarnation = inputs.Incarnation,
            GoesOn = inputs.GoesOn,
            GroupRound = inputs.GroupRound,
            Siblings = snapshot.Siblings.Count > 0 ? snapshot.Siblings : null,
            Body = inputs.Body is { } body ? body with { Definition = body.Definition with { Settings = null } } : null,
            Circumstances = inputs.Circumstances with
            {
                DeadHosts = new HashSet<string>(),
                SilentHosts = new HashSet<string>(),
                SiloNames = new Dictionary<string, string>(),
            },
            State = snapshot.State.Value,
            StateFault = snapshot.State.Fault,
            Deadline = snapshot.Deadline,
            Claim = snapshot.Claim,
            Report = snapshot.Report.Value,
            ReportFault = snapshot.Report.Fault,
            Heartbeat = snapshot.Heartbeat.Value is { } beat ? beat with { Progress = null } : null,
            HeartbeatFault = snapshot.Heartbeat.Fault,
            Definition = snapshot.Definition.Value is { } definition ? definition with { Settings = null } : null,
            DefinitionFault = snapshot.Definition.Fault,
            Policy = inputs.Policy,
        };
        return evidence with { Circumstances = WithHosts(evidence, inputs.Circumstances) };
    }

    /// <summary>The inputs as they were. Reading gives back every number to its last digit.</summary>
    public DecisionInputs ToInputs() => new()
    {
        Entry = Entry,
        Command = Command,
        Actor = Actor,
        IncarnationFloor = IncarnationFloor,
        Incarnation = Incarnation,
        GoesOn = GoesOn,
        GroupRound = GroupRound,
        Body = Body,
        Circumstances = Circumstances,
        Policy = Policy,
        Snapshot = new AgentSnapshot
        {
            Id = AgentId,
            State = Stored(State, StateFault),
            Deadline = Deadline,
            Claim = Claim,
            Report = Stored(Report, ReportFault),
            Heartbeat = Stored(Heartbeat, HeartbeatFault),
            Definition = Stored(Definition, DefinitionFault),
            Siblings = Siblings ?? [],
        },
    };

    /// <summary>
    /// Of all hosts that are dead, silent or have names, those that occur anywhere in the record: no decision asks for another,
    /// and a cluster may have had hundreds. A few cost less to keep than to look for.
    /// </summary>
    private static Circumstances WithHosts(DecisionEvidence evidence, Circumstances circumstances)
    {
        if (circumstances.DeadHosts.Count + circumstances.SilentHosts.Count + circumstances.SiloNames.Count <= KeptHosts)
        {
            return circumstances with { Trace = null };
        }

        var hosts = circumstances.DeadHosts.Union(circumstances.SilentHosts).Union(circumstances.SiloNames.Keys).ToList();
        if (hosts.Count > KeptHosts)
        {
            var text = RecordCodec.Write(evidence, EvidenceJson.Default.DecisionEvidence).ToString();
            hosts.RemoveAll(host => !text.Contains(JsonText(host), StringComparison.Ordinal));
        }

        return circumstances with
        {
            Trace = null,
            DeadHosts = hosts.Where(circumstances.DeadHosts.Contains).ToHashSet(StringComparer.Ordinal),
            SilentHosts = hosts.Where(circumstances.SilentHosts.Contains).ToHashSet(StringComparer.Ordinal),
            SiloNames = hosts.Where(circumstances.SiloNames.ContainsKey).ToDictionary(h => h, h => circumstances.SiloNames[h], StringComparer.Ordinal),
        };
    }

    private static string JsonText(string host) => System.Text.Json.JsonEncodedText.Encode(host).ToString();

    private static StoredRecord<T> Stored<T>(T? value, string? fault)
        where T : class => value is null && fault is null ? default : new StoredRecord<T>(value, "", fault);
}
