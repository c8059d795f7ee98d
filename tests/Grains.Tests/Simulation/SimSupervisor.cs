using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Simulation;

/// <summary>A supervisor on one silo, with the turns of its grain: the real judge, on a simulated store, clock and cluster.</summary>
internal sealed class SimSupervisor : IBackendOrders, ISiloDirectory
{
    private static readonly TimeSpan OutageRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HeldLook = TimeSpan.FromMilliseconds(100);

    private readonly Scenario _scenario;
    private readonly World _world;
    private readonly Judge _judge;
    private readonly HashSet<AgentId> _nudged = [];
    private readonly Queue<Action<Judge>> _orders = new();
    private TimeSpan _wantedAt;
    private long _wake;
    private bool _isBusy;

    public SimSupervisor(Scenario scenario, SimSilo silo)
    {
        _scenario = scenario;
        _world = scenario.World;
        Silo = silo;
        var store = new StoreLink(scenario, silo);
        _judge = new Judge(
            0, store, silo.Clock, new AgentKinds([], Options.Create(scenario.JudgesOptions)), this, this,
            Scenario.Metrics, scenario.JudgesOptions, new Random(_world.Random.Next()), NullLogger<Judge>.Instance)
        {
            Decide = scenario.Decide,
            Memory = silo.Memory,
            CompareClock = store.SynchronizeClockAsync,
        };
        _world.Tell($"a supervisor comes up on {silo.Host}");
        Sleep(TimeSpan.Zero);
    }

    public SimSilo Silo { get; }

    /// <summary>Deactivated, as the older one of two is in the end.</summary>
    public bool IsRetired { get; set; }

    public string? Hold => _isBusy ? $"busy; {_judge.Hearing.Hold}" : _judge.Hearing.Hold;

    public LocalSilo Self => new(Silo.Host, Silo.Host);

    /// <summary>The grain's timer.</summary>
    private void Sleep(TimeSpan span)
    {
        _wantedAt = _world.Now + span;
        var wake = ++_wake;
        _world.In(span, Silo, () =>
        {
            if (wake == _wake)
            {
                Turn(Round);
            }
        });
    }

    public void Nudge(AgentId id)
    {
        _nudged.Add(id);
        Turn(() => { });
    }

    public void Order(Action<Judge> order)
    {
        _orders.Enqueue(order);
        Turn(() => { });
    }

    /// <summary>Wakes it; a round that is overdue stays as late as it is.</summary>
    public void MembershipChanged()
    {
        var wantedAt = _wantedAt;
        Sleep(TimeSpan.Zero);
        _wantedAt = wantedAt < _wantedAt ? wantedAt : _wantedAt;
    }

    public void Start(AgentStart start) => _scenario.Deliver(Silo, start);

    public void Stop(AgentStop stop) => _scenario.Deliver(Silo, stop);

    public bool IsSilo(string host) => true;

    public Task<IReadOnlySet<string>> DeadAsync(IReadOnlyList<string> hosts) => Task.FromResult<IReadOnlySet<string>>(
        hosts.Where(h => _scenario.Silos.Find(s => s.Host == h) is null or { IsDeclaredDead: true }).ToHashSet());

    public Task BuryAsync(string host, string why)
    {
        if (host != Silo.Host)
        {
            _world.Tell($"{host} is buried: {why}");
            _scenario.Silos.Find(s => s.Host == host)?.DeclareDead();
            _scenario.MembershipChanges();
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, string>> NamesAsync() =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(_scenario.Silos.ToDictionary(s => s.Host, s => s.Host));

    /// <summary>One turn at a time; what comes during one is done after it.</summary>
    private void Turn(Action first)
    {
        if (_isBusy || Silo.IsKilled || IsRetired)
        {
            return;
        }

        _isBusy = true;
        try
        {
            first();
            while (!Silo.IsKilled && (_nudged.Count > 0 || _orders.Count > 0))
            {
                var ids = _nudged.ToArray();
                _nudged.Clear();
                Try(() => _judge.NudgeAsync(ids).GetAwaiter().GetResult());
                if (_orders.TryDequeue(out var order))
                {
                    Try(() => order(_judge));
                }
            }
        }
        finally
        {
            _isBusy = false;
        }

        if (_wantedAt < _world.Now)
        {
            Sleep(TimeSpan.Zero);
        }
    }

    private void Round()
    {
        _judge.Hearing.Stalled(_world.Now - _wantedAt, "this supervisor stalled");
        var sleep = OutageRetry;
        _wantedAt = TimeSpan.MaxValue;
        Try(() => sleep = _judge.RoundAsync(1000).GetAwaiter().GetResult());
        if (_judge.Hearing.Hold is not null && sleep > HeldLook)
        {
            sleep = HeldLook;
        }

        Sleep(sleep);
    }

    private void Try(Action act)
    {
        try
        {
            act();
        }
        catch (RedisException)
        {
            // The judge has taken note of it.
        }
        catch (SupersededException)
        {
            _world.Tell($"the supervisor on {Silo.Host} is superseded");
            IsRetired = true;
        }
    }
}
