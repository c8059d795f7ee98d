using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>What has to be so in the end.</summary>
internal sealed partial class Scenario
{
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
        At = StoreNow,
        Until = span is { } s ? StoreNow + s : null,
    };

    private void CheckThatAllIsWell()
    {
        if (WhatIsNotWell() is { } what)
        {
            World.Violate("G3 no lost restart", $"after the calm {what}");
        }

        World.RunOne();
    }

    private string? WhatIsNotWell()
    {
        foreach (var id in Store.Ids)
        {
            var state = Store.StateOf(id)!;
            var atWork = Bodies.FindAll(b => b.Id == id && b.IsAtWork && !b.Silo.IsKilled);
            var isRight = state.Status switch
            {
                AgentStatus.Healthy => atWork is [var only] && only.Incarnation == state.Incarnation,
                AgentStatus.Quarantined => atWork.Count == 0,
                AgentStatus.Paused => atWork.Count == 0 && state.Desired is { Mode: DesiredMode.Pause } pause && !(pause.Until <= StoreNow),
                _ => false,
            };
            if (!isRight)
            {
                return $"{id}#{state.Incarnation} is {state.Status} since {state.Since:O} (next start {state.NextRestartAt - StoreNow} from now, hold {state.Hold}), and at work are [{string.Join(", ", atWork.Select(b => $"#{b.Incarnation} on {b.Host}"))}]";
            }
        }

        return Bodies.Find(b => b.IsAtWork && !b.Silo.IsKilled && Store.DeadlineOf(new(b.Id, b.Incarnation)) is null) is { } unknown
            ? $"{unknown.Id}#{unknown.Incarnation} works on {unknown.Host}, and the store does not know it"
            : null;
    }
}
