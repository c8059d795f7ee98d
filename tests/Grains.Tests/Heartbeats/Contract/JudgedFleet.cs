using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Several agents of a real store under the real judge, on hosts that can die, in a time of its own.</summary>
internal sealed class JudgedFleet : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.5);

    private readonly TestStore _records;
    private readonly StartedAgents _orders = new();
    private readonly TestSilos _silos = new();
    private readonly Dictionary<AgentId, (long Incarnation, string Host)> _bodies = [];
    private Judge _judge;

    private JudgedFleet(TestStore records)
    {
        _records = records;
        _judge = records.CreateJudge(_orders, _silos);
    }

    /// <summary>Who was started, with the time of the fleet.</summary>
    public List<(AgentId Id, TimeSpan At)> Starts { get; } = [];

    public TimeSpan Now => _records.Clock.Now - Given.Now;

    /// <summary>Called when a body has begun on a host.</summary>
    public Action<AgentId, string> Began { get; set; } = (_, _) => { };

    /// <summary>Where an agent is started.</summary>
    public Func<AgentId, string> Place { get; set; } = _ => "host-a";

    public static async Task<JudgedFleet> OpenAsync(StoreServer server)
    {
        var records = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        records.Clock.Observe(Given.Now, records.Clock.Monotonic, records.Clock.Monotonic);
        return new JudgedFleet(records);
    }

    public async Task SpawnAsync(IEnumerable<AgentId> ids, Func<AgentId, AgentDefinition>? define = null)
    {
        foreach (var id in ids)
        {
            Assert.Equal(CommandOutcome.Ok, (await _judge.SpawnAsync(define?.Invoke(id) ?? new AgentDefinition { Id = id, Kind = "test" }, "anna")).Outcome);
        }

        await RunAsync(TimeSpan.FromSeconds(1));
        Starts.Clear();
    }

    public Task<CommandResult> TrySpawnAsync(AgentDefinition definition) => _judge.SpawnAsync(definition, "anna");

    public async Task<CommandResult[]> TrySpawnAsync(params AgentDefinition[] definitions) =>
        Array.ConvertAll(await _judge.SpawnAsync([.. definitions.Select(d => new NewAgent(d, "anna"))]), o => o.Result!);

    /// <summary>The supervisor dies, and another one takes over.</summary>
    public void ReplaceSupervisor() => _judge = _records.CreateJudge(_orders, _silos);

    public async Task FailAsync(AgentId id, FailureReason reason = FailureReason.Crashed, double? retryAfter = null, string? resource = null, string message = "IOException: gone")
    {
        var report = IncarnationReport.Failed(_bodies[id].Incarnation, reason, message, _records.Clock.Now) with { RetryAfterSeconds = retryAfter, Resource = resource };
        Assert.True(await _records.Store.ReportAsync(id, report, (await _records.LoadAsync(id)).Claim, null));
        _bodies.Remove(id);
    }

    /// <summary>A host dies with all its bodies, and membership knows at once.</summary>
    public void Kill(string host)
    {
        _silos.Dead.Add(host);
        foreach (var (id, _) in _bodies.Where(b => b.Value.Host == host).ToList())
        {
            _bodies.Remove(id);
        }
    }

    public Task<CommandResult> OrderAsync(AgentId id, CommandKind kind) => _judge.ObeyAsync(id, new AgentCommand(kind, "boris"));

    public async Task<HealthState> StateAsync(AgentId id) => (await _records.LoadAsync(id)).State.Value!;

    public Task<IReadOnlyList<SupervisorAction>> ActionsAsync(AgentId id) => _records.Store.ActionsAsync(0, id, 100);

    /// <summary>Bodies begin and beat, and the supervisor looks, step by step.</summary>
    public async Task RunAsync(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Step)
        {
            await RoundAsync();
            await BeginAsync();
            await BeatAsync();
            _records.Time.Advance(Step);
        }

        await RoundAsync();
    }

    public ValueTask DisposeAsync() => _records.DisposeAsync();

    private async Task RoundAsync()
    {
        while (await _judge.RoundAsync(1000) == TimeSpan.Zero)
        {
            // It has more to do at once.
        }
    }

    private async Task BeginAsync()
    {
        var begun = new List<AgentId>();
        foreach (var start in _orders.Take())
        {
            var (id, host, now) = (start.Definition.Id, Place(start.Definition.Id), _records.Clock.Now);
            if (await _records.Store.ClaimAsync(id, Given.Beat(now, start.Incarnation) with { Host = host }, $"run-{start.Incarnation}", now.AddSeconds(5)))
            {
                Starts.Add((id, Now));
                _bodies[id] = (start.Incarnation, host);
                begun.Add(id);
            }
        }

        await _judge.NudgeAsync(begun);
        foreach (var id in begun)
        {
            Began(id, _bodies.TryGetValue(id, out var body) ? body.Host : "");
        }
    }

    private async Task BeatAsync()
    {
        foreach (var (id, body) in _bodies.ToList())
        {
            if (!await _records.BeatAsync(id, body.Incarnation, _records.Clock.Now.AddSeconds(5)))
            {
                _bodies.Remove(id);
            }
        }
    }
}
