using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>Records in the words of the domain: an agent, its seventh incarnation, and what the store holds of it.</summary>
internal static class Given
{
    public const string Host = "host-a";
    public const string Claim = "host-a|run-1";
    public const long Incarnation = 7;

    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    public static readonly AgentId Id = AgentId.Parse("reader-1");
    public static readonly SupervisionPolicy Policy = new HealingOptions().ToPolicy();
    public static readonly AgentDefinition Definition = new() { Id = Id, Kind = "data-processing" };
    public static readonly DesiredState WantedByAnna = new() { Mode = DesiredMode.Run, Actor = "anna", At = Now.AddHours(-1) };

    /// <summary>Random 0.5 is the middle of the jitter: none.</summary>
    public static Circumstances At(DateTimeOffset now, double random = 0.5) => new() { Now = now, Random = random };

    /// <summary>A decision with what it was made on, as the judge hands it on.</summary>
    public static Decision? Decided(DecisionInputs inputs) => inputs.Decide() is { } decision ? decision with { Inputs = inputs } : null;

    public static HealthState State(AgentStatus status = AgentStatus.Healthy, int failures = 0) => new()
    {
        AgentId = Id,
        Status = status,
        Incarnation = Incarnation,
        ConsecutiveFailures = failures,
        TotalRestarts = Incarnation - 1,
        Since = Now.AddMinutes(-2),
        Desired = status is AgentStatus.Paused ? WantedByAnna with { Mode = DesiredMode.Pause, Reason = "upgrade" } : WantedByAnna,
        NextRestartAt = status is AgentStatus.BackingOff ? Now.AddSeconds(30) : null,
    };

    /// <summary>An action about all of a partition.</summary>
    public static SupervisorAction HoldBegan(string id) => new()
    {
        Id = id,
        At = Now,
        AgentId = null,
        Action = ActionKind.HoldBegan,
        Incarnation = 0,
        Reason = "store-outage",
        Details = "the store was out of reach for 12 s",
        ConsecutiveFailures = 0,
    };

    /// <summary>An agent that is alive as far as the store knows: claimed, and due in three seconds.</summary>
    public static AgentSnapshot Alive(HealthState? state = null) => new()
    {
        Id = Id,
        Definition = Stored(Definition),
        State = Stored(state ?? State()),
        Heartbeat = Stored(Beat(Now.AddSeconds(-2))),
        Report = default,
        Deadline = Now.AddSeconds(3),
        Claim = Claim,
    };

    /// <summary>What the store holds of an agent that has no incarnation at work.</summary>
    public static AgentSnapshot Resting(HealthState state) => Alive(state) with { Deadline = null, Claim = null };

    public static Heartbeat Beat(DateTimeOffset at, long incarnation = Incarnation) =>
        new() { Incarnation = incarnation, Sequence = 1, At = at, PromiseSeconds = 5, Host = Host };

    public static AgentSnapshot Told(
        this AgentSnapshot snapshot, FailureReason reason, DateTimeOffset? at = null, double? retryAfter = null, ReportKind kind = ReportKind.Failed) =>
        snapshot with
        {
            Report = Stored(new IncarnationReport
            {
                Incarnation = snapshot.State.Value!.Incarnation,
                Kind = kind,
                Reason = reason,
                Message = "it broke",
                At = at ?? Now,
                RetryAfterSeconds = retryAfter,
            }),
        };

    public static StoredRecord<T> Stored<T>(T? value)
        where T : class => value is null ? default : new(value, "as stored", null);

    public static StoredRecord<T> Malformed<T>()
        where T : class => new(null, "garbage", "it is garbage");
}
