using System.Globalization;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>
/// Takes people's standing orders that agents rest. An order is a record in the store; who keeps it is every supervisor, at each
/// decision.
/// </summary>
internal sealed class MaintenanceDesk(IHeartbeatStore store, StoreClock clock, SupervisorNudge nudge)
{
    private const int MaxOrders = 100;

    public Task<IReadOnlyList<MaintenanceOrder>> StandingAsync() => StandingAsync(store, clock.Now);

    /// <summary>The orders that are not over.</summary>
    public static async Task<IReadOnlyList<MaintenanceOrder>> StandingAsync(IHeartbeatStore store, DateTimeOffset now) =>
        [.. (await store.MaintenanceAsync()).Where(o => !(o.Until <= now)).OrderBy(o => o.Scope, StringComparer.Ordinal)];

    public async Task<CommandResult> OrderAsync(MaintenanceCommand command)
    {
        Fault[] faults = [.. command.Check()];
        if (faults.Length > 0)
        {
            return CommandResult.Invalid(faults);
        }

        var standing = await StandingAsync();
        return command.End ? await EndAsync(command, standing) : await GiveAsync(command, standing);
    }

    private async Task<CommandResult> GiveAsync(MaintenanceCommand command, IReadOnlyList<MaintenanceOrder> standing)
    {
        var order = new MaintenanceOrder
        {
            Labels = command.Labels,
            Actor = CommandRules.Actor(command.Actor),
            Reason = command.Reason,
            At = clock.Now,
            Until = command.For is { } span ? clock.Now + span : null,
        };
        var before = standing.FirstOrDefault(o => o.Scope == order.Scope);
        if (before is { Until: null } && order.Until is null && (order.Reason is null || order.Reason == before.Reason))
        {
            return CommandResult.Done($"{Sentence(order)} paused already, by {before.Actor}.");
        }

        if (before is null && standing.Count >= MaxOrders)
        {
            return CommandResult.Conflict($"There are {MaxOrders} standing orders already, which is the most; end some of them first.");
        }

        await store.SetMaintenanceAsync(order);
        nudge.TellAll();
        var ends = order.Until is { } until
            ? string.Create(CultureInfo.InvariantCulture, $"for {Durations.ToWords(until - order.At)}, until {until:u}")
            : "until that is resumed";
        return CommandResult.Done($"{Sentence(order)} paused {ends}; so is whoever comes meanwhile.");
    }

    private async Task<CommandResult> EndAsync(MaintenanceCommand command, IReadOnlyList<MaintenanceOrder> standing)
    {
        var scope = MaintenanceOrder.ScopeOf(command.Labels);
        var others = standing.Where(o => o.Scope != scope).ToList();
        var still = others.Count == 0 ? "" : $" Paused still: {string.Join("; ", others.Select(o => o.ScopeInWords))}.";
        if (standing.FirstOrDefault(o => o.Scope == scope) is not { } order)
        {
            var whom = command.Labels.Count == 0 ? "the whole fleet" : $"agents with {scope}";
            return CommandResult.Conflict($"There is no standing pause of {whom}.{still}");
        }

        await store.EndMaintenanceAsync(scope);
        nudge.TellAll();
        return CommandResult.Done($"{Sentence(order)} resumed, but for those with a pause of their own.{still}");
    }

    private static string Sentence(MaintenanceOrder order) => order.Labels.Count == 0 ? "The whole fleet is" : $"Agents with {order.Scope} are";
}
