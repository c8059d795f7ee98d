using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Agents;
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
    public static readonly HealingMetrics Metrics =
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    private readonly int _seed;
    private readonly PlantedBug _bug;
    private readonly IReadOnlyList<AgentDefinition> _definitions;
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
        Mix = Mix.Of(seed);
        Options = Mix.ToOptions();
        Policy = Options.ToPolicy();
        _definitions = Mix.Define();
        Oracle = new Oracle(this);
        Oracle.Begin();
        World.Happened = Oracle.Check;
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

    /// <summary>What this schedule is made of.</summary>
    public Mix Mix { get; }

    /// <summary>What is promised.</summary>
    public HealingOptions Options { get; }

    public SupervisionPolicy Policy { get; }

    /// <summary>The group that an agent belongs to, if any.</summary>
    public AgentGroup? GroupOf(AgentId id) => _definitions.FirstOrDefault(d => d.Id == id)?.Group;

    /// <summary>Whether what is decided is decided again from its record: in each eighth schedule, since it takes as long as the rest. Not under a bug that is planted in what decides.</summary>
    public bool DecidesAgain => _seed % 8 == 0 && (_bug is PlantedBug.InputNotRecorded || Decide == SupervisorDecision.Judge);

    /// <summary>Plays the schedule.</summary>
    /// <exception cref="ViolationException">A guarantee does not hold.</exception>
    public void Play(int wildEvents, int leastEvents)
    {
        World.Tell($"{Mix}");
        Watch();
        SpawnAll();
        Replicate();
        Trouble();
        Mischief();
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

        // Who fell silent as the clock went back is found so much later.
        var patience = World.Now + TimeSpan.FromSeconds(HasStepped(TimeSpan.FromSeconds(60)) ? 20 : 0);
        while (World.Now < patience && WhatIsNotWell() is not null)
        {
            World.RunOne();
        }

        while (World.Count < leastEvents)
        {
            World.RunOne();
        }

        CheckThatAllIsWell();
        if (_seed % 3 == 0)
        {
            CheckThatAllRestWhenOrdered();
        }
    }

    private void SpawnAll()
    {
        foreach (var definition in _definitions)
        {
            Order(judge => judge.SpawnAsync(definition, "anna").GetAwaiter().GetResult(), again: () => Store.StateOf(definition.Id) is null);
        }
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
}
