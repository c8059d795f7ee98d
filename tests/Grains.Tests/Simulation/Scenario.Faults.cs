using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>What goes wrong with silos, the store, messages and records, and the calm after it.</summary>
internal sealed partial class Scenario
{
    /// <summary>Something goes wrong, again and again.</summary>
    private void Trouble()
    {
        if (!IsWild || IsCalming)
        {
            return;
        }

        var living = Silos.Where(s => !s.IsKilled && !s.IsDeclaredDead).ToList();
        switch (World.Random.Next(13))
        {
            case 0 or 1 when living.Count > 1:
                var killed = World.Pick(living);
                killed.Kill();
                Declare(killed, World.Between(0.2, 3));
                World.In(World.Between(1, 10), null, () => AddSilo());
                break;
            case 2 or 3 when living.Count > 1:
                var frozen = World.Pick(living);
                frozen.Freeze();
                Declare(frozen, World.Between(3, 12));
                World.In(World.Between(0.1, World.Chance(0.5) ? 3 : 20), null, frozen.Thaw);
                break;
            case 4 when living.Count > 1:
                var cut = World.Pick(living);
                cut.CutOff(true);
                World.In(World.Between(0.5, 12), null, () => cut.CutOff(false));
                break;
            case 5:
                _isStoreDown = true;
                World.Tell("the store is down");
                World.In(World.Between(0.1, World.Chance(0.5) ? 2 : 20), null, () =>
                {
                    _isStoreDown = false;
                    World.Tell("the store is up");
                });
                break;
            case 6 or 7:
                _slowness = World.Chance(0.3) ? 6 : 0.3;
                World.Tell($"messages take up to {_slowness} s");
                World.In(World.Between(1, 10), null, () => _slowness = 0);
                break;
            case 8 when living.Count > 1 && World.Chance(0.3):
                // Wrongly.
                Declare(World.Pick(living), TimeSpan.Zero);
                World.In(World.Between(1, 5), null, () => AddSilo());
                break;
            case 9 when Store.Ids.ToList() is { Count: > 0 } ids:
                var id = World.Pick(ids);
                var kind = World.Pick<CommandKind>([CommandKind.Restart, CommandKind.Pause, CommandKind.Resume, CommandKind.Release]);
                TimeSpan? span = kind is CommandKind.Pause && World.Chance(0.5) ? World.Between(0.5, 60) : null;
                World.Tell($"a person orders: {kind} {id} {span}");
                Current()?.Order(judge => judge.ObeyAsync(id, new AgentCommand(kind, "boris", For: span)).GetAwaiter().GetResult());
                break;
            case 10 when World.Chance(0.1) && Store.Ids.ToList() is { Count: > 0 } known:
                var lost = World.Pick(known);
                World.Tell($"the state of {lost} is lost");
                Store.LoseState(lost);
                break;
            case 11 when World.Chance(0.3):
                FailOver();
                break;
            case 12:
                var order = Maintenance(World.Pick<string?>([null, "0", "1"]), World.Chance(0.5) ? World.Between(0.5, 60) : null);
                World.Tell($"a person orders maintenance: {order}");
                Store.SetMaintenance(order);
                World.In(World.Between(1, 20), null, () => Store.EndMaintenance(order.Scope));
                break;
        }

        World.In(World.Between(0.5, 8), null, Trouble);
    }

    private bool IsCalming { get; set; }

    private void Declare(SimSilo silo, TimeSpan after) => World.In(after, null, () =>
    {
        if (silo.IsKilled || silo.IsFrozen || after == TimeSpan.Zero)
        {
            silo.DeclareDead();
            MembershipChanges();
        }
    });

    private void CalmDown()
    {
        World.Tell("calm");
        IsCalming = true;
        _isStoreDown = false;
        _slowness = 0;
        foreach (var order in Store.Maintenance())
        {
            Store.EndMaintenance(order.Scope);
        }

        foreach (var silo in Silos)
        {
            silo.Thaw();
            if (silo.IsCutOff)
            {
                silo.CutOff(false);
            }
        }

        if (Silos.TrueForAll(s => s.IsKilled || s.IsDeclaredDead))
        {
            AddSilo();
        }
    }
}
