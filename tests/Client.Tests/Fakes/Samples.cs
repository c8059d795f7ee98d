using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Tests.Fakes;

/// <summary>Agents and actions at one fixed moment.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static AgentId Id(string id) => AgentId.Parse(id);

    public static AgentView Healthy(string id = "books") => new()
    {
        Id = Id(id),
        Kind = "data-processing",
        Status = AgentStatus.Healthy,
        Incarnation = 3,
        ConsecutiveFailures = 0,
        TotalRestarts = 2,
        LastHeartbeatAt = Now.AddSeconds(-1.2),
        Deadline = Now.AddSeconds(3.75),
        Silo = "silo-2",
        Progress = JsonText.Parse("""{"lines":1200,"sha256":"0123456789abcdef"}"""),
        Labels = new Dictionary<string, string> { ["team"] = "red" },
    };

    public static AgentView BackingOff(string id = "flaky") => new()
    {
        Id = Id(id),
        Kind = "ai",
        Status = AgentStatus.BackingOff,
        Incarnation = 7,
        ConsecutiveFailures = 3,
        TotalRestarts = 6,
        LastHeartbeatAt = Now.AddMinutes(-3),
        NextRestartAt = Now.AddSeconds(11.5),
        Silo = "silo-1",
        LastFailure = new AgentFailure(FailureReason.Crashed, "boom\u001b[31m", Now.AddSeconds(-4)),
        Labels = new Dictionary<string, string>(),
    };

    public static AgentView Paused(string id = "resting") => Healthy(id) with
    {
        Status = AgentStatus.Paused,
        LastHeartbeatAt = Now.AddMinutes(-30),
        Deadline = null,
        PausedUntil = Now.AddMinutes(119),
        Progress = null,
    };

    public static AgentDetails Details(AgentView agent, params SupervisorAction[] newestFirst) => new()
    {
        Agent = agent,
        Definition = new AgentDefinition { Id = agent.Id, Kind = agent.Kind, Settings = AgentSettings.Parse("""{"path":"/data/a.txt"}""") },
        Policy = new SupervisionPolicy
        {
            Restart = RestartPolicy.Permanent,
            MaxRestarts = 8,
            Heartbeat = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromSeconds(5),
            Stable = TimeSpan.FromSeconds(60),
            StartupGrace = TimeSpan.FromSeconds(15),
            StopGrace = TimeSpan.FromSeconds(5),
            MaxExpectedSilence = TimeSpan.FromHours(1),
            FailuresPerCheckpoint = 3,
            Backoff = new Backoff { Base = TimeSpan.FromSeconds(2), Factor = 2, Max = TimeSpan.FromSeconds(60), Jitter = 0.1 },
        },
        Desired = new DesiredState { Mode = DesiredMode.Run, Actor = "ann", At = Now.AddHours(-3) },
        Actions = newestFirst,
        Checkpoints = [new CheckpointView { Incarnation = 3, Sequence = 12, At = Now.AddSeconds(-9), Length = 1480 }],
    };

    public static SupervisorAction Action(int number, ActionKind kind = ActionKind.Failed, string agent = "books") => new()
    {
        Id = $"{number:D6}",
        At = Now.AddSeconds(-100 + number),
        AgentId = Id(agent),
        Action = kind,
        Incarnation = 3,
        Reason = "crashed",
        Details = $"Details of {number}.",
        ConsecutiveFailures = 1,
    };

    public static SiloView Silo(string name, int pid, SiloState status = SiloState.Active) => new()
    {
        Name = name,
        Url = "http://127.0.0.1:8080",
        Pid = pid,
        Status = status,
        Agents = 4,
        StartedAt = Now.AddMinutes(-5),
        Machine = "box",
        Address = "127.0.0.1:11111@1",
        ProcessStartedAt = Now.AddMinutes(-6),
    };
}
