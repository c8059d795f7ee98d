using OrleansHealing.Alerts;
using OrleansHealing.Client.Output;
using OrleansHealing.Serialization;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>alerts</c>: what people are told of; and below it, how it is tried out and silenced.</summary>
internal sealed class AlertsVerb : Verb
{
    public AlertsVerb()
        : base("alerts", "List the alerts that are open or were lately, and who was told.")
    {
        Add(new AlertsTestVerb());
        Add(new AlertsSilenceVerb());
        Add(new AlertsSilencesVerb());
        Add(new AlertsUnsilenceVerb());
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        await using var session = await context.ConnectAsync(cancellationToken);
        var alerts = await session.ReadAlertsAsync(door => door.ListAsync(), cancellationToken);
        switch (context.Format)
        {
            case OutputFormat.Json:
                context.Output.WriteLine(ConsoleJson.List(alerts));
                break;
            case OutputFormat.Name:
                foreach (var alert in alerts)
                {
                    context.Output.WriteLine(Printable.Clean(alert.Key));
                }

                break;
            case OutputFormat.Table when alerts.Count is 0:
                context.Output.Tell("Nothing is alerted. Try the sinks out: healing alerts test");
                break;
            default:
                Table(alerts, session.Now).WriteTo(context.Output);
                break;
        }

        return ExitCodes.Ok;
    }

    private static Grid Table(IReadOnlyList<AlertView> alerts, DateTimeOffset now)
    {
        var grid = new Grid(new Column("STATE"), new Column("SEVERITY", Rank: 2), new Column("SINCE", Rank: 1), new Column("ALERT", Least: 24), new Column("TOLD", Rank: 3, Least: 12));
        foreach (var alert in alerts)
        {
            grid.Add(
                alert.SilencedBy is not null && alert.State is AlertState.Firing ? "silenced" : alert.State.ToWord(),
                alert.Severity.ToWord(),
                Humanize.Ago(alert.BeganAt, now),
                Printable.Clean(alert.Summary),
                Printable.Clean(string.Join(", ", alert.Deliveries.Select(Told))));
        }

        return grid;
    }

    private static string Told(AlertDelivery delivery) =>
        $"{delivery.Sink} {delivery.Error ?? delivery.Told switch { null => "not yet", AlertState.Resolved => "of its end", _ => "of it" }}";
}
