using OrleansHealing.Agents;
using OrleansHealing.Backends;

namespace OrleansHealing.Tests.Simulation;

/// <summary>The cluster: where grains are, which orders reach them, and who makes sure of a supervisor.</summary>
internal sealed partial class Scenario
{
    public void MembershipChanges()
    {
        foreach (var supervisor in _supervisors)
        {
            World.In(World.Between(0, 0.2), supervisor.Silo, supervisor.MembershipChanged);
        }
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

    /// <summary>Why the supervisor holds silence, if it does.</summary>
    public string? Hold => Current() is { } supervisor ? supervisor.Hold : "there is no supervisor";

    /// <summary>When there were last two of them; null if never.</summary>
    public TimeSpan? DoubledAt { get; private set; }

    private SimSupervisor? Current() => _supervisors.FindLast(s => !s.IsRetired && !s.Silo.IsKilled && !s.Silo.IsDeclaredDead);

    /// <summary>Every silo makes sure that there is a supervisor; now and then, by an error of the directory, that there are two.</summary>
    private void Watch()
    {
        _supervisors.RemoveAll(s => s.Silo.IsKilled || s.IsRetired);
        if (Current() is null || (IsWild && _slowness > 0 && World.Chance(0.02)))
        {
            var members = Silos.Where(s => !s.IsDeclaredDead && !s.IsKilled && !s.IsFrozen).ToList();
            if (members.Count > 0)
            {
                DoubledAt = _supervisors.Count > 0 ? World.Now : DoubledAt;
                foreach (var older in _supervisors.ToList())
                {
                    World.In(World.Between(1, 20), null, () => older.IsRetired = true);
                }

                _supervisors.Add(new SimSupervisor(this, World.Pick(members)));
            }
        }

        World.In(TimeSpan.FromSeconds(1), null, Watch);
    }

    private SimSilo AddSilo()
    {
        var silo = new SimSilo(this, $"silo-{++_silosMade}");
        Silos.Add(silo);
        Keep(silo);
        FollowClock(silo);
        MembershipChanges();
        return silo;
    }
}
