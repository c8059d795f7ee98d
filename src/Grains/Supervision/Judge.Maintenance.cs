using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;

namespace OrleansHealing.Supervision;

/// <summary>Standing orders that agents rest: known at each decision, and carried to everybody when they change.</summary>
internal sealed partial class Judge
{
    // A change is told at once; this is for when that was lost.
    private static readonly TimeSpan MaintenanceAge = TimeSpan.FromSeconds(1);

    // What lies further ahead was written before the store's clock was set back.
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromSeconds(10);

    private IReadOnlyList<MaintenanceOrder>? _maintenance;
    private TimeSpan _maintenanceReadAt;
    private bool _isMaintenanceOld;

    /// <summary>Somebody changed the standing orders; the next look reads them.</summary>
    public void NoteMaintenance() => _isMaintenanceOld = true;

    private MaintenanceOrder? CoverOf(AgentDefinition? definition) =>
        _maintenance is { Count: > 0 } orders ? MaintenanceOrder.Covering(orders, definition?.Labels, _clock.Now) : null;

    private async Task LookAtMaintenanceAsync()
    {
        if (_maintenance is not null && !_isMaintenanceOld && _clock.Monotonic - _maintenanceReadAt < MaintenanceAge)
        {
            return;
        }

        (_isMaintenanceOld, _maintenanceReadAt) = (false, _clock.Monotonic);
        var orders = await _store.MaintenanceAsync();
        if (_partition == 0)
        {
            orders = await TidyMaintenanceAsync(orders);
        }

        // A supervisor before this one may have died before it came to everybody.
        var mayBeUndone = _maintenance is null && (orders.Count > 0 || (await _store.CountAsync(_partition)).GetValueOrDefault(AgentStatus.Paused) > 0);
        if (mayBeUndone || (_maintenance is { } known && !known.ToHashSet().SetEquals(orders)))
        {
            LogMaintenance(_logger, _partition, string.Join("; ", orders.Select(o => o.Scope)));
            HurrySweep();
        }

        _maintenance = orders;
    }

    /// <summary>Forgets what is over, and lets begin anew what would last longer than it was ordered because the store's clock was set back.</summary>
    private async Task<IReadOnlyList<MaintenanceOrder>> TidyMaintenanceAsync(IReadOnlyList<MaintenanceOrder> orders)
    {
        var now = _clock.Now;
        var tidy = new List<MaintenanceOrder>();
        foreach (var order in orders)
        {
            var isAhead = order.At - now > FutureTolerance;
            var next = order.Until <= now ? null : isAhead ? order with { At = now, Until = order.Until is { } until ? now + (until - order.At) : null } : order;
            if (next != order)
            {
                await _store.ReplaceMaintenanceAsync(order, next);
            }

            if (next is not null)
            {
                tidy.Add(next);
            }
        }

        return tidy;
    }

    [LoggerMessage(1228, LogLevel.Information, "The standing pauses are looked through for partition {Partition}: [{Scopes}]")]
    private static partial void LogMaintenance(ILogger logger, int partition, string scopes);
}
