using OrleansHealing.Agents;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Simulation;

/// <summary>The store loses its data, or the last of it, and silos remember what it was.</summary>
internal sealed partial class Scenario
{
    private static readonly TimeSpan KeeperPeriod = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan CopyPeriod = TimeSpan.FromSeconds(0.25);
    private readonly Queue<ModelStore.Copy> _copies = new();

    // Who knows of every grant that was lost last and has not looked at the store since.
    private SimSilo? _witness;
    private bool _isKnownToBodiesAlone;
    private TimeSpan _lostAt;

    /// <summary>
    /// Whether a number that was lost may be granted again: who remembers it had no time yet to tell the store, and is not who
    /// grants; or it is gone, and bodies alone know, who learn of the loss by their next beat that is refused.
    /// </summary>
    public bool IsForgotten => (_isKnownToBodiesAlone && World.Now - _lostAt < Policy.Heartbeat + KeeperPeriod)
        || (_witness is not null && _supervisors.Exists(s => !s.Silo.IsKilled && s.Silo != _witness));

    /// <summary>When the silo that remembers what was lost is gone, nobody does.</summary>
    public void NoticeLostWitness()
    {
        if (_witness is { } gone && (gone.IsKilled || gone.IsDeclaredDead))
        {
            _witness = null;
            Oracle.Forget();
            _isKnownToBodiesAlone = true;
        }
    }

    /// <summary>Asks the supervisor about a body that the store does not know; the answer may be lost.</summary>
    public void Adopt(SimSilo from, RunningBody body, Action<BodyVerdict> answered)
    {
        if (!World.Chance(0.05))
        {
            World.In(World.Between(0, 0.01), null, () => Current()?.Order(judge =>
            {
                var verdict = judge.AdoptAsync([body]).GetAwaiter().GetResult()[0];
                if (!World.Chance(0.05))
                {
                    World.In(World.Between(0, 0.01), from, () => answered(verdict));
                }
            }));
        }
    }

    /// <summary>What each silo's keeper of the memory does.</summary>
    private void Keep(SimSilo silo)
    {
        if (CanReachStore(silo))
        {
            try
            {
                silo.Memory.RecallAsync(new StoreLink(this, silo, isDirect: true), 0, silo.Clock.Now).GetAwaiter().GetResult();
                _witness = _witness == silo ? null : _witness;
            }
            catch (RedisException)
            {
                // It looks again.
            }
        }

        World.In(KeeperPeriod, silo, () => Keep(silo));
    }

    /// <summary>A replica follows, some way behind, for as long as the store may fail over to it.</summary>
    private void Replicate()
    {
        if (IsCalming)
        {
            return;
        }

        _copies.Enqueue(Store.Take());
        while (_copies.Count > 8)
        {
            _copies.Dequeue();
        }

        World.In(CopyPeriod, null, Replicate);
    }

    private void FailOver()
    {
        var copy = World.Chance(0.7) ? World.Pick(_copies.ToList()) : null;
        World.Tell(copy is null ? "the store is wiped" : "the store fails over and loses its last writes");
        Lose(copy);
        if (copy is not null)
        {
            _isStoreDown = true;
            World.In(World.Between(0.1, 4), null, () =>
            {
                _isStoreDown = false;
                _lostAt = World.Now;
                World.Tell("the store is up");
            });
        }
        else if (World.Chance(0.5))
        {
            Respawn();
        }
    }

    private void Lose(ModelStore.Copy? copy)
    {
        _witness = Silos.Find(s => !s.IsKilled && !s.IsDeclaredDead && s.Memory.Known(0)?.Grants >= Store.Grants);
        Store.PutBack(copy);
        _lostAt = World.Now;
        _isKnownToBodiesAlone = _witness is null;
        if (_witness is null)
        {
            Oracle.Forget();
        }

        _copies.Clear();
        _copies.Enqueue(Store.Take());
    }

    /// <summary>Somebody spawns agents again that are gone.</summary>
    private void Respawn() => World.In(World.Between(0, 5), null, SpawnAll);
}
