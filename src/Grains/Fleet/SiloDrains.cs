using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>Takes people's orders to drain silos. The order stands in the store; who moves the agents is <see cref="FleetBalancer"/>.</summary>
internal sealed class SiloDrains(IHeartbeatStore store, StoreClock clock, FleetReader reader)
{
    public async Task<CommandResult> OrderAsync(string name, DrainCommand command)
    {
        if (CommandRules.TooLong(command.Reason, CommandRules.MaxReasonLength) is { } rule)
        {
            return CommandResult.Invalid([new Fault("reason", rule)]);
        }

        var silos = await reader.SilosAsync();
        var (silo, refusal) = NamedSilos.Find(silos, name);
        return silo is null ? refusal! : await (command.Undo ? UndoAsync(silo) : DrainAsync(silo, silos, command));
    }

    private async Task<CommandResult> DrainAsync(SiloView silo, IReadOnlyList<SiloView> silos, DrainCommand command)
    {
        switch (silo.Status)
        {
            case SiloState.Stopping:
                return CommandResult.Conflict($"Silo '{silo.Name}' is stopping, and hands over its agents by itself.");
            case SiloState.Draining:
                return CommandResult.Done($"Silo '{silo.Name}' is draining already; {Agents(silo.Agents)} left.");
            case SiloState.Drained:
                return CommandResult.Done($"Silo '{silo.Name}' is drained already.");
        }

        if (!silos.Any(s => s.Status is SiloState.Active && s.Address != silo.Address))
        {
            return CommandResult.Conflict($"Silo '{silo.Name}' is the only one that takes agents; they would have nowhere to go. Start another silo first.");
        }

        await store.DrainAsync(silo.Address, new SiloDrain { Actor = command.Actor, Reason = command.Reason, At = clock.Now });
        return CommandResult.Done(silo.Agents == 0 ? $"Silo '{silo.Name}' has no agents and gets none." : $"Silo '{silo.Name}' is draining: {Agents(silo.Agents)} to move.");
    }

    private async Task<CommandResult> UndoAsync(SiloView silo)
    {
        if (silo.Drain is null)
        {
            return CommandResult.Done($"Silo '{silo.Name}' is not draining.");
        }

        await store.DrainAsync(silo.Address, null);
        return CommandResult.Done($"Silo '{silo.Name}' takes agents again.");
    }

    private static string Agents(long count) => count == 1 ? "1 agent" : FormattableString.Invariant($"{count} agents");
}
