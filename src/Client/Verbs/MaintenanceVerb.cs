using OrleansHealing.Client.Output;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>maintenance</c>: the standing pauses.</summary>
internal sealed class MaintenanceVerb() : Verb("maintenance", "List the standing pauses, of the whole fleet and by label.")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        await using var session = await context.ConnectAsync(cancellationToken);
        var orders = await session.ReadAsync(fleet => fleet.MaintenanceAsync(), cancellationToken);
        switch (context.Format)
        {
            case OutputFormat.Json:
                context.Output.WriteLine(ConsoleJson.List(orders));
                break;
            case OutputFormat.Name:
                foreach (var order in orders)
                {
                    context.Output.WriteLine(Printable.Clean(order.Scope));
                }

                break;
            case OutputFormat.Table when orders.Count is 0:
                context.Output.Tell("There are no standing pauses. Give one: healing pause --all --for 2h, or --label NAME=VALUE");
                break;
            default:
                Table(orders, session.Now).WriteTo(context.Output);
                break;
        }

        return ExitCodes.Ok;
    }

    private static Grid Table(IReadOnlyList<MaintenanceOrder> orders, DateTimeOffset now)
    {
        var grid = new Grid(new Column("SCOPE", Least: 12), new Column("BY", Rank: 2), new Column("SINCE", Rank: 1), new Column("ENDS"), new Column("REASON", Rank: 3, Least: 16));
        foreach (var order in orders)
        {
            grid.Add(
                Printable.Clean(order.Scope),
                Printable.Clean(order.Actor),
                Humanize.Ago(order.At, now),
                order.Until is null ? "when it is ended" : Humanize.Until(order.Until, now),
                Printable.Clean(order.Reason ?? Humanize.None));
        }

        return grid;
    }
}
