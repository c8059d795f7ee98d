using Microsoft.Extensions.Logging.Abstractions;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Tests.Simulation;

/// <summary>A silo: hosts bodies and perhaps the supervisor; is killed, frozen, cut off from the store, and declared dead, rightly or not.</summary>
internal sealed class SimSilo
{
    // How long a silo may not know of a step of the store's clock: it asks every two seconds.
    private static readonly TimeSpan Unaware = TimeSpan.FromSeconds(2.5);

    private readonly Scenario _scenario;
    private readonly World _world;
    private TimeSpan _synchronizedAt;

    public SimSilo(Scenario scenario, string host)
    {
        _scenario = scenario;
        _world = scenario.World;
        Host = host;
        Clock = new StoreClock(_world.Time, NullLogger<StoreClock>.Instance);
        Synchronize();
        TroubleAt = _world.Now;
    }

    public string Host { get; }

    public StoreClock Clock { get; }

    /// <summary>What this silo remembers of the store.</summary>
    public StoreMemory Memory { get; } = new();

    public Dictionary<AgentId, SimBody> Bodies { get; } = [];

    public List<Action> Deferred { get; } = [];

    public bool IsKilled { get; private set; }

    public bool IsFrozen { get; private set; }

    public bool IsCutOff { get; private set; }

    /// <summary>What membership says.</summary>
    public bool IsDeclaredDead { get; private set; }

    /// <summary>When something was last the matter with this silo, so that its agents may have failed for it.</summary>
    public TimeSpan TroubleAt { get; private set; }

    /// <summary>Whether something is the matter now, or was lately.</summary>
    public bool IsTroubled(TimeSpan lately) =>
        IsKilled || IsFrozen || IsCutOff || IsDeclaredDead || IsUnaware || _world.Now - TroubleAt < lately;

    /// <summary>Whether the store's clock stepped some time ago and this silo does not know.</summary>
    private bool IsUnaware => _scenario.SteppedAt is { } at && _synchronizedAt < at && _world.Now - at > Unaware;

    /// <summary>Asks the store's time, which it knows to some milliseconds.</summary>
    public void Synchronize()
    {
        TroubleAt = IsUnaware ? _world.Now : TroubleAt;
        Clock.Observe(_scenario.StoreNow + _world.Between(-0.004, 0.004), Clock.Monotonic, Clock.Monotonic);
        _synchronizedAt = _world.Now;
    }

    public void Kill()
    {
        IsKilled = true;
        TroubleAt = _world.Now;
        _world.Tell($"{Host} is killed");
        foreach (var body in Bodies.Values)
        {
            body.Die();
        }
    }

    public void Freeze()
    {
        IsFrozen = true;
        TroubleAt = _world.Now;
        _world.Tell($"{Host} is frozen");
    }

    public void Thaw()
    {
        if (IsFrozen)
        {
            IsFrozen = false;
            TroubleAt = _world.Now;
            _world.Tell($"{Host} thaws");
            var waiting = Deferred.ToList();
            Deferred.Clear();
            foreach (var act in waiting)
            {
                _world.In(TimeSpan.Zero, this, act);
            }

            if (IsDeclaredDead)
            {
                EndSoon();
            }
        }
    }

    public void CutOff(bool isCutOff)
    {
        IsCutOff = isCutOff;
        TroubleAt = _world.Now;
        _world.Tell($"{Host} {(isCutOff ? "is cut off from" : "reaches")} the store");
    }

    public void DeclareDead()
    {
        if (IsDeclaredDead)
        {
            return;
        }

        IsDeclaredDead = true;
        TroubleAt = _world.Now;
        _world.Tell($"{Host} is declared dead");
        if (!IsKilled && !IsFrozen)
        {
            EndSoon();
        }
    }

    /// <summary>A silo that finds itself declared dead ends, but not before its first steps.</summary>
    private void EndSoon() => _world.In(_world.Between(0, 0.5), this, () =>
    {
        if (!IsKilled)
        {
            Kill();
        }
    });
}
