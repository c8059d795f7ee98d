using System.Text.Json;
using OrleansHealing.Chaos.Faults;
using OrleansHealing.Chaos.Observation;

namespace OrleansHealing.Chaos.Checking;

/// <summary>
/// A history as the checker sees it, written by a test: each step begins as the one before, and what is changed in it shows in
/// its snapshot. It begins with one healthy agent, <c>a</c>, incarnation 1, on silo-1 (process 11).
/// </summary>
internal sealed class History
{
    public const string Host = "127.0.0.1:1@1";
    public const int Pid = 11;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Checker _checker;
    private readonly List<ActionSeen> _actions = [];
    private TimeSpan _at;
    private int _lastAction;

    public History(Func<Limits, Limits>? change = null)
    {
        var limits = new Limits
        {
            Timeout = TimeSpan.FromSeconds(5),
            ProgressTimeout = TimeSpan.FromSeconds(8),
            StartupGrace = TimeSpan.FromSeconds(15),
            StopGrace = TimeSpan.FromSeconds(3),
            MaxRestarts = 8,
            RestartsPerSecond = 10,
            RestartBurst = 10,
            ActionsKept = 200,
            CheckpointsKept = 3,
            Agents = 1,
            TearsScripts = false,
        };
        _checker = new Checker(change?.Invoke(limits) ?? limits);
        Log("spawned", 1, "spawned");
        Log("recovered", 1, "started");
        Assert.Empty(Next());
    }

    public Checker Checker => _checker;

    public Dictionary<string, StateSeen> States { get; } = new() { ["a"] = new StateSeen("healthy", 1, 0, null) };

    public Dictionary<string, BeatSeen> Beats { get; } = new() { ["a"] = new BeatSeen(1, 1, Host, null) };

    /// <summary>Who may beat; its deadline is always some seconds ahead.</summary>
    public List<(string Agent, long Incarnation)> Live { get; } = [("a", 1)];

    public Dictionary<string, IReadOnlyList<CheckpointSeen>> Checkpoints { get; } = [];

    public Dictionary<string, long> Lengths { get; } = [];

    public List<string> Malformed { get; } = [];

    public List<Fault> Faults { get; } = [];

    /// <summary>When the last round was finished; null for now.</summary>
    public DateTimeOffset? LastRound { get; set; }

    public DateTimeOffset StoreNow => Start + _at;

    public void Log(string action, long incarnation, string reason, int failures = 0, string agent = "a") =>
        _actions.Add(new ActionSeen($"{++_lastAction}", StoreNow, agent, action, incarnation, reason, "why", failures));

    /// <summary>A fault that began now, or <paramref name="ago"/>, and is over unless it lasts.</summary>
    public void Inject(FaultKind kind, int? pid = null, string? agent = null, string? mode = null, long? incarnation = null, bool lasts = false, TimeSpan ago = default) =>
        Faults.Add(new Fault(Faults.Count + 1, kind, _at - ago) { Pid = pid, Agent = agent, Mode = mode, Incarnation = incarnation, To = lasts ? null : _at - ago });

    /// <summary>The whole restart of the agent by the book, up to its first beat.</summary>
    public void Restart(string reason, int failures)
    {
        var incarnation = States["a"].Incarnation;
        Log("failed", incarnation, reason, failures);
        Log("restarting", incarnation + 1, reason, failures);
        Log("recovered", incarnation + 1, "first-heartbeat", failures);
        Set("healthy", incarnation + 1, failures);
        Beats["a"] = new BeatSeen(incarnation + 1, 1, Host, null);
    }

    /// <summary>Sets the state of the agent, and who may beat in accordance with it.</summary>
    public void Set(string status, long incarnation, int failures = 0, DateTimeOffset? nextRestartAt = null)
    {
        States["a"] = new StateSeen(status, incarnation, failures, nextRestartAt);
        Live.Clear();
        if (States["a"].IsPromised)
        {
            Live.Add(("a", incarnation));
        }
    }

    public void Show(object progress) => Beats["a"] = Beats["a"] with { Progress = JsonSerializer.SerializeToElement(progress) };

    /// <summary>The next snapshot.</summary>
    /// <returns>What the checker says of it.</returns>
    public IReadOnlyList<Violation> Next(double afterSeconds = 0.1)
    {
        _at += TimeSpan.FromSeconds(afterSeconds);
        var snapshot = new Snapshot
        {
            At = _at,
            StoreNow = StoreNow,
            States = new Dictionary<string, StateSeen>(States),
            Deadlines = [.. Live.Select(l => new DeadlineSeen(l.Agent, l.Incarnation, StoreNow + TimeSpan.FromSeconds(5)))],
            Beats = new Dictionary<string, BeatSeen>(Beats),
            Checkpoints = new Dictionary<string, IReadOnlyList<CheckpointSeen>>(Checkpoints),
            NewActions = [.. _actions],
            Lengths = new Dictionary<string, long>(Lengths),
            Silos = new Dictionary<string, SiloSeen> { [Host] = new("silo-1", Pid) },
            Supervisor = Host,
            LastRound = LastRound ?? StoreNow,
            Malformed = [.. Malformed],
        };
        _actions.Clear();
        return _checker.See(snapshot, [.. Faults]);
    }
}
