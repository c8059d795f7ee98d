using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Tests.Simulation;

/// <summary>
/// One schedule: a few agents on a few silos, everything that can go wrong going wrong at random, and then a calm in which
/// everything has to come right again. The same seed gives the same schedule.
/// </summary>
internal sealed partial class Scenario
{
    private const int Agents = 4;
    public static readonly HealingMetrics Metrics =
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    private readonly int _seed;
    private readonly PlantedBug _bug;
    private readonly List<SimSupervisor> _supervisors = [];
    private readonly Dictionary<AgentId, SimSilo> _directory = [];
    private bool _isStoreDown;
    private double _slowness;
    private int _silosMade;
    private int _runs;

    public Scenario(int seed, PlantedBug bug)
    {
        (_seed, _bug) = (seed, bug);
        World = new World(seed);
        Oracle = new Oracle(this);
        Store = new ModelStore { Bug = bug, Oracle = Oracle };
        for (var i = 0; i < 3; i++)
        {
            AddSilo();
        }
    }

    public World World { get; }

    public Oracle Oracle { get; }

    public ModelStore Store { get; }

    public List<SimSilo> Silos { get; } = [];

    public List<SimBody> Bodies { get; } = [];

    /// <summary>Whether nothing goes wrong any more but agents, and everybody had time to notice.</summary>
    public bool IsCalm { get; private set; }

    /// <summary>Whether agents still fail.</summary>
    public bool IsWild { get; private set; } = true;

    public HealingOptions Options { get; } = new()
    {
        ConnectionString = "model",
        StartupGrace = TimeSpan.FromSeconds(6),
        StopGrace = TimeSpan.FromSeconds(2),
        Stable = TimeSpan.FromSeconds(10),
        MaxRestarts = 5,
        BackoffBase = TimeSpan.FromSeconds(0.5),
        BackoffMax = TimeSpan.FromSeconds(3),
        MovesPerSecond = 0,
        RestartsPerSecond = 2,
        RestartBurst = 4,
    };

    public SupervisionPolicy Policy => Options.ToPolicy();

    public Func<AgentSnapshot, SupervisionPolicy, Circumstances, Decision?> Decide => _bug switch
    {
        PlantedBug.AmnestyOff => (s, p, c) => SupervisorDecision.Judge(s, p, c with { HeardSince = DateTimeOffset.MinValue }),
        PlantedBug.CountResetAtRestart => (s, p, c) => SupervisorDecision.Judge(s, p, c) is { Order: BackendOrder.Start, Next: { } next } d
            ? d with { Next = next with { ConsecutiveFailures = 0 } }
            : SupervisorDecision.Judge(s, p, c),
        PlantedBug.BackoffIgnored => (s, p, c) => s.State.Value is { Status: AgentStatus.BackingOff } waiting
            ? SupervisorDecision.Judge(s with { State = s.State with { Value = waiting with { NextRestartAt = c.Now } } }, p, c)
            : SupervisorDecision.Judge(s, p, c),
        PlantedBug.PauseWithoutAnEnd => (s, p, c) => s.State.Value is { Status: AgentStatus.Paused } ? null : SupervisorDecision.Judge(s, p, c),
        PlantedBug.SilenceNotRechecked => (s, p, c) => SupervisorDecision.Judge(s, p, c) is { } d ? d with { OnlyIfDeadlineAtMost = null } : null,
        PlantedBug.InputNotRecorded => (s, p, c) => SupervisorDecision.Judge(s, p, c with { Random = 1 - c.Random }),
        _ => SupervisorDecision.Judge,
    };

    /// <summary>Whether what is decided is decided again from its record: in each fourth schedule, since it takes as long as the rest. Not under a bug that is planted in what decides.</summary>
    public bool DecidesAgain => _seed % 4 == 0 && (_bug is PlantedBug.InputNotRecorded || Decide == SupervisorDecision.Judge);

    /// <summary>Plays the schedule.</summary>
    /// <exception cref="ViolationException">A guarantee does not hold.</exception>
    public void Play(int wildEvents, int leastEvents)
    {
        Watch();
        for (var i = 0; i < Agents; i++)
        {
            Spawn(i);
        }

        Replicate();
        Trouble();
        while (World.Count < wildEvents)
        {
            World.RunOne();
        }

        CalmDown();
        World.RunUntil(World.Now + TimeSpan.FromSeconds(30));
        IsCalm = true;
        World.RunUntil(World.Now + TimeSpan.FromSeconds(30));
        IsWild = false;
        World.RunUntil(World.Now + TimeSpan.FromSeconds(30));
        while (World.Count < leastEvents)
        {
            World.RunOne();
        }

        CheckThatAllIsWell();
        CheckThatAllRestWhenOrdered();
    }

    private void Spawn(int number)
    {
        var definition = new AgentDefinition
        {
            Id = AgentId.Parse($"agent-{number}"),
            Kind = "test",
            Labels = new Dictionary<string, string> { ["half"] = $"{number % 2}" },
        };
        Order(judge => judge.SpawnAsync(definition, "anna").GetAwaiter().GetResult(), again: () => Store.StateOf(definition.Id) is null);
    }

    public int NextRun() => ++_runs;

    public bool CanReachStore(SimSilo silo) => !_isStoreDown && !silo.IsCutOff && !silo.IsKilled;

    /// <summary>Whether a message gets lost.</summary>
    public bool Loses() => _slowness > 0 && World.Chance(0.02);

    /// <summary>A message is under way: the world goes on, and a frozen sender waits until it thaws.</summary>
    public void Travel(SimSilo silo)
    {
        var takes = World.Between(0, 0.001);
        if (_slowness > 0 && World.Chance(0.2))
        {
            takes += World.Between(0, _slowness);
        }

        World.RunUntil(World.Now + takes);
        while (silo.IsFrozen && !silo.IsKilled)
        {
            World.RunOne();
        }
    }

    public void Nudge(AgentId id)
    {
        if (!World.Chance(0.1))
        {
            World.In(World.Between(0, 0.01), null, () => Current()?.Nudge(id));
        }
    }

    public void MembershipChanges()
    {
        foreach (var supervisor in _supervisors)
        {
            World.In(World.Between(0, 0.2), supervisor.Silo, supervisor.MembershipChanged);
        }
    }

    /// <summary>How an incarnation that begins now will fail, if it will.</summary>
    public (TimeSpan After, FailureMode Mode)? FailureOf()
    {
        if (!IsWild || World.Chance(0.25))
        {
            return null;
        }

        var mode = World.Random.Next(100) switch
        {
            < 45 => FailureMode.Crash,
            < 75 => FailureMode.Silent,
            < 85 => FailureMode.ToldToWait,
            < 97 => FailureMode.Drain,
            _ => FailureMode.Fatal,
        };
        return (World.Between(0.05, World.Chance(0.5) ? 3 : 30), mode);
    }

    /// <summary>An order to start is on its way: it can be slow, lost, or come twice.</summary>
    public void Deliver(SimSilo from, AgentStart start)
    {
        var began = World.Now;
        for (var copies = World.Chance(0.05) ? 2 : 1; copies > 0; copies--)
        {
            if (!World.Chance(IsWild ? 0.05 : 0))
            {
                World.In(World.Between(0, World.Chance(0.1) ? 2 : 0.02), from, Arrive);
            }
        }

        void Arrive()
        {
            var silo = Locate(start.Definition.Id);
            if (silo.IsKilled && World.Now - began < Policy.StartupGrace)
            {
                World.In(TimeSpan.FromMilliseconds(50), from, Arrive);
            }
            else
            {
                World.In(TimeSpan.Zero, silo, () => Begin(silo, start));
                if (silo.IsFrozen)
                {
                    // No answer: when its death is declared, the call fails and is tried elsewhere.
                    World.In(TimeSpan.FromMilliseconds(100), from, () => RetryIfDeclaredDead(silo));
                }
            }
        }

        void RetryIfDeclaredDead(SimSilo silo)
        {
            if (silo.IsDeclaredDead)
            {
                Arrive();
            }
            else if (World.Now - began < Policy.StartupGrace)
            {
                World.In(TimeSpan.FromMilliseconds(100), from, () => RetryIfDeclaredDead(silo));
            }
        }
    }

    public void Deliver(SimSilo from, AgentStop stop)
    {
        if (!World.Chance(0.05))
        {
            World.In(World.Between(0, 0.02), from, () =>
            {
                var silo = Locate(stop.AgentId);
                World.In(TimeSpan.Zero, silo, () =>
                {
                    if (silo.Bodies.TryGetValue(stop.AgentId, out var body) && body.Incarnation <= stop.Incarnation)
                    {
                        body.Cancel();
                    }
                });
            });
        }
    }

    private void Begin(SimSilo silo, AgentStart start)
    {
        var id = start.Definition.Id;
        var wait = TimeSpan.Zero;
        if (silo.Bodies.TryGetValue(id, out var current))
        {
            if (current.Incarnation >= start.Incarnation && !(current.IsEnded && current.Incarnation == start.Incarnation && !current.IsClaimed))
            {
                if (current.Incarnation == start.Incarnation)
                {
                    current.Reaffirm();
                }

                return;
            }

            wait = current.Cancel();
        }

        var body = new SimBody(this, silo, start);
        silo.Bodies[id] = body;
        Bodies.Add(body);
        World.In(wait + World.Between(0, 0.005), silo, body.Begin);
    }

    /// <summary>Where the agent's grain is, or comes up: as long as membership believes in a silo, grains are looked for there.</summary>
    private SimSilo Locate(AgentId id)
    {
        if (_directory.TryGetValue(id, out var known) && !known.IsDeclaredDead
            && known.Bodies.TryGetValue(id, out var body) && !body.IsEnded)
        {
            return known;
        }

        var members = Silos.Where(s => !s.IsDeclaredDead).ToList();
        return _directory[id] = members.Count > 0 ? World.Pick(members) : AddSilo();
    }

    private SimSupervisor? Current() => _supervisors.FindLast(s => !s.Silo.IsKilled && !s.Silo.IsDeclaredDead);

    /// <summary>Every silo makes sure that there is a supervisor; now and then, by an error of the directory, that there are two.</summary>
    private void Watch()
    {
        _supervisors.RemoveAll(s => s.Silo.IsKilled);
        if (Current() is null || (IsWild && _slowness > 0 && World.Chance(0.02)))
        {
            var members = Silos.Where(s => !s.IsDeclaredDead && !s.IsKilled && !s.IsFrozen).ToList();
            if (members.Count > 0)
            {
                _supervisors.Add(new SimSupervisor(this, World.Pick(members)));
            }
        }

        World.In(TimeSpan.FromSeconds(1), null, Watch);
    }

    private void Order(Action<Judge> order, Func<bool> again)
    {
        Current()?.Order(order);
        World.In(TimeSpan.FromSeconds(2), null, () =>
        {
            if (again())
            {
                Order(order, again);
            }
        });
    }

    private SimSilo AddSilo()
    {
        var silo = new SimSilo(World, $"silo-{++_silosMade}");
        Silos.Add(silo);
        Keep(silo);
        MembershipChanges();
        return silo;
    }

    /// <summary>A standing order reaches everybody soon, and so does its end.</summary>
    private void CheckThatAllRestWhenOrdered()
    {
        Store.SetMaintenance(Maintenance(null, null));
        World.RunUntil(World.Now + TimeSpan.FromSeconds(15));
        foreach (var id in Store.Ids)
        {
            if (Store.StateOf(id)!.Status is not (AgentStatus.Paused or AgentStatus.Quarantined) || Bodies.Exists(b => b.Id == id && b.IsAtWork && !b.Silo.IsKilled))
            {
                World.Violate("G11 intent", $"all were ordered to rest, and {id} is {Store.StateOf(id)}");
            }
        }

        Store.EndMaintenance(MaintenanceOrder.All);
        World.RunUntil(World.Now + TimeSpan.FromSeconds(30));
        CheckThatAllIsWell();
    }

    private MaintenanceOrder Maintenance(string? half, TimeSpan? span) => new()
    {
        Labels = half is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["half"] = half },
        Actor = "carla",
        At = World.Time.Now,
        Until = span is { } s ? World.Time.Now + s : null,
    };

    private void CheckThatAllIsWell()
    {
        foreach (var id in Store.Ids)
        {
            var state = Store.StateOf(id)!;
            var atWork = Bodies.FindAll(b => b.Id == id && b.IsAtWork && !b.Silo.IsKilled);
            var isRight = state.Status switch
            {
                AgentStatus.Healthy => atWork is [var only] && only.Incarnation == state.Incarnation,
                AgentStatus.Quarantined => atWork.Count == 0,
                AgentStatus.Paused => atWork.Count == 0 && state.Desired is { Mode: DesiredMode.Pause, Until: null },
                _ => false,
            };
            if (!isRight)
            {
                World.Violate(
                    "G3 no lost restart", $"after the calm {id}#{state.Incarnation} is {state.Status} since {state.Since:O}, and at work are [{string.Join(", ", atWork.Select(b => $"#{b.Incarnation} on {b.Host}"))}]");
            }
        }

        if (Bodies.Find(b => b.IsAtWork && !b.Silo.IsKilled && Store.DeadlineOf(new(b.Id, b.Incarnation)) is null) is { } unknown)
        {
            World.Violate("G3 no lost restart", $"after the calm {unknown.Id}#{unknown.Incarnation} works on {unknown.Host}, and the store does not know it");
        }

        World.RunOne();
    }
}
