using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>One agent's records in memory, to which decisions are applied as the store applies them.</summary>
internal sealed class AgentWorld
{
    private readonly HashSet<string> _dead = [];
    private StoredRecord<AgentDefinition> _definition = Given.Stored(Given.Definition);
    private Heartbeat? _heartbeat;
    private IncarnationReport? _report;
    private DateTimeOffset? _deadline;
    private string? _claimedBy;
    private DateTimeOffset _heardSince = DateTimeOffset.MinValue;
    private int _hosts;
    private MaintenanceOrder? _maintenance;

    public AgentWorld(double random)
    {
        var spawned = SupervisorDecision.Spawn(Given.Definition, Given.Policy, "anna", 0, Circumstances(random));
        State = spawned.Next!;
        _deadline = spawned.NewDeadline;
    }

    public HealthState State { get; private set; }

    public DateTimeOffset Now { get; private set; } = Given.Now;

    public AgentSnapshot Snapshot => new()
    {
        Id = Given.Id,
        Definition = _definition,
        State = Given.Stored(State),
        Heartbeat = Given.Stored(_heartbeat),
        Report = Given.Stored(_report),
        Deadline = _deadline,
        Claim = _claimedBy,
    };

    public Circumstances Circumstances(double random) =>
        new() { Now = Now, Random = random, HeardSince = _heardSince, DeadHosts = _dead.ToHashSet(), Maintenance = _maintenance is { } order && !(order.Until <= Now) ? order : null };

    /// <summary>Something happens to the agent; what cannot in its state is nothing.</summary>
    public void Happen(int what, double amount)
    {
        var isThere = _deadline is not null;
        switch (what)
        {
            case 0:
                Now += TimeSpan.FromSeconds(amount);
                break;
            case 1:
                Now = State.NextRestartAt ?? State.NextLookAt ?? _deadline ?? Now;
                break;
            case 2 when isThere && _claimedBy is null:
                _claimedBy = $"host-{_hosts++}";
                Beat();
                break;
            case 3 when _claimedBy is not null && isThere:
                Beat();
                break;
            case 4 when isThere:
                _report = new IncarnationReport
                {
                    Incarnation = State.Incarnation,
                    Kind = amount > 90 ? ReportKind.Returned : ReportKind.Failed,
                    Reason = (FailureReason)((int)amount % Enum.GetValues<FailureReason>().Length),
                    Message = "told",
                    At = Now,
                    RetryAfterSeconds = amount > 50 ? amount : null,
                };
                break;
            case 5 when _claimedBy is not null:
                _dead.Add(_claimedBy);
                break;
            case 6:
                _deadline = null;
                break;
            case 7:
                _heardSince = Now;
                break;
            case 11:
                _maintenance = amount < 40 ? null : new MaintenanceOrder
                {
                    Labels = new Dictionary<string, string>(),
                    Actor = "carla",
                    At = Now,
                    Until = amount < 70 ? Now.AddSeconds(amount) : null,
                };
                break;
            case 8:
                _definition = amount > 95 ? Given.Malformed<AgentDefinition>() : Given.Stored(Given.Definition);
                break;
        }
    }

    public void Apply(Decision decision)
    {
        var next = decision.Next!;
        if (!next.IsPromised || next.Incarnation != State.Incarnation)
        {
            (_deadline, _claimedBy, _report) = (null, null, null);
        }

        _deadline = decision.NewDeadline ?? _deadline;
        State = next;
    }

    private void Beat()
    {
        _deadline = Now + Given.Policy.Timeout;
        _heartbeat = Given.Beat(Now, State.Incarnation);
    }
}
