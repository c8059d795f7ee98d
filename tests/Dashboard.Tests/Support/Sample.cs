using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Support;

/// <summary>One of everything.</summary>
public static class Sample
{
    public static readonly DateTimeOffset At = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero);

    public static AgentView Agent { get; } = new()
    {
        Id = AgentId.Parse("a-1"),
        Kind = "data-processing",
        Status = AgentStatus.BackingOff,
        Incarnation = 7,
        ConsecutiveFailures = 2,
        TotalRestarts = 6,
        LastHeartbeatAt = At,
        NextRestartAt = At.AddSeconds(4),
        Silo = "silo-1",
        Progress = JsonText.Parse("""{"lines":12}"""),
        LastFailure = new AgentFailure(FailureReason.Crashed, "<b>no</b> such line", At),
        Labels = new Dictionary<string, string> { ["team"] = "blue" },
    };

    public static AgentDetails Details { get; } = new()
    {
        Agent = Agent,
        Definition = new AgentDefinition
        {
            Id = Agent.Id,
            Kind = Agent.Kind,
            Settings = AgentSettings.Parse("""{"path":"/data/x"}"""),
            Policy = new PolicySettings { MaxRestarts = 3 },
        },
        Policy = new SupervisionPolicy
        {
            Restart = RestartPolicy.Permanent,
            MaxRestarts = 3,
            Heartbeat = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromSeconds(5),
            ProgressTimeout = TimeSpan.FromSeconds(90),
            Stable = TimeSpan.FromSeconds(60),
            StartupGrace = TimeSpan.FromSeconds(15),
            StopGrace = TimeSpan.FromSeconds(2.5),
            MaxExpectedSilence = TimeSpan.FromHours(1),
            FailuresPerCheckpoint = 3,
            Backoff = new Backoff { Base = TimeSpan.FromSeconds(2), Factor = 2, Max = TimeSpan.FromSeconds(60), Jitter = 0.1 },
        },
        Desired = new DesiredState { Mode = DesiredMode.Run, Actor = "http:127.0.0.1", At = At },
        Actions = [Action("02", ActionKind.Failed)],
        Checkpoints = [new CheckpointView { Incarnation = 6, Sequence = 3, At = At, Length = 120 }],
    };

    public static FleetSample History { get; } = new()
    {
        At = At,
        Seconds = 10,
        ByStatus = new Dictionary<string, long> { ["healthy"] = 3 },
        Failures = 2,
        Restarts = 1,
        Beats = 30,
        Recover = new SampledTimes(1, 0.25, 0.25),
    };

    public static FleetOverview Overview { get; } = new()
    {
        Agents = 1,
        ByStatus = new Dictionary<string, long> { ["healthy"] = 0, ["backing-off"] = 1 },
        Restarts = 6,
        Failures = 6,
        MttrSeconds = null,
        MalformedRecords = 0,
        Supervisors = [new SupervisorPulse { Partition = 0, Silo = "silo-1", LastRoundAgeSeconds = 0.25, Rounds = 40 }],
    };

    public static MaintenanceOrder Maintenance { get; } = new()
    {
        Labels = new Dictionary<string, string> { ["team"] = "blue" },
        Actor = "ada",
        Reason = "upgrade",
        At = At,
        Until = At.AddHours(2),
    };

    public static SiloView Silo { get; } = new()
    {
        Name = "silo-1",
        Url = "http://127.0.0.1:8080",
        Pid = 4711,
        Status = SiloState.Active,
        Agents = 1,
        StartedAt = At,
        Machine = "box",
        Address = "127.0.0.1:11111@1",
        ProcessStartedAt = At,
    };

    public static KindView Kind { get; } = new("data-processing",
        [new AgentSetting { Name = "path", Type = AgentSettingType.File, Description = "What to read.", IsRequired = true }]);

    public static ActionExplanation Explanation { get; } = new()
    {
        Action = Action("02", ActionKind.Failed),
        Entry = "judge",
        Rule = "report",
        Rules = [new("clock-went-back", false, "it is of now"), new("report", true, "failed (crashed)")],
        Inputs = [new("circumstances.random", "0.5")],
        Decided = [Action("02", ActionKind.Failed)],
        IsSame = true,
    };

    public static WhatIfAnswer WhatIf { get; } = new()
    {
        TimeoutSeconds = 8,
        Kinds =
        [
            new WhatIfKind
            {
                Kind = "data-processing",
                PresentTimeoutSeconds = 5,
                Since = At,
                Gaps = 1000,
                LongestGapSeconds = 1.05,
                FalseRestarts = 0,
                FalseRestartsAtMost = 0,
                FalseRestartsPerHour = 0,
                Silences = 2,
                MeanSilenceSeconds = 5.1,
                FoundLaterSeconds = 3,
                ExtraDowntimeSeconds = 6,
            },
        ],
        Unknown = ["Much."],
    };

    public static SavedCheckpoint Checkpoint { get; } = new(6, 3, At, JsonText.Parse("""{"done":40}"""));

    public static SupervisorAction Action(string id, ActionKind kind) => new()
    {
        Id = id,
        At = At,
        AgentId = Agent.Id,
        Action = kind,
        Incarnation = 7,
        Reason = "crashed",
        Details = "It threw.",
        ConsecutiveFailures = 2,
        BackoffSeconds = kind is ActionKind.Failed ? 4 : null,
    };

    public static AlertView Alert { get; } = new()
    {
        Key = "agent-quarantined/a-1",
        Condition = AlertCondition.AgentQuarantined,
        Severity = AlertSeverity.Error,
        State = AlertState.Firing,
        Summary = "Agent 'a-1' was given up on (crashed)",
        Details = "The disk is full.",
        AgentId = Agent.Id,
        BeganAt = Agent.LastHeartbeatAt ?? DateTimeOffset.UnixEpoch,
        Deliveries = [new AlertDelivery { Sink = "pager", Told = AlertState.Firing, At = DateTimeOffset.UnixEpoch }],
    };

    public static AlertSilence Silence { get; } = new()
    {
        Id = "9f2c01ab",
        Condition = AlertCondition.AgentQuarantined,
        Labels = new Dictionary<string, string> { ["team"] = "a" },
        Actor = "ada",
        At = DateTimeOffset.UnixEpoch,
        Until = DateTimeOffset.UnixEpoch.AddHours(2),
    };
}
