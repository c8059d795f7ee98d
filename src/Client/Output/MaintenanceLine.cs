using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Output;

/// <summary>One standing pause as one line.</summary>
internal static class MaintenanceLine
{
    public static string Of(MaintenanceOrder order, DateTimeOffset now)
    {
        var ends = order.Until is null ? "" : $", ends {Humanize.Until(order.Until, now)}";
        return Printable.Clean($"{order.ScopeInWords} (by {order.Actor}, {Humanize.Ago(order.At, now)}{ends}{(order.Reason is null ? "" : $": {order.Reason}")})");
    }
}
