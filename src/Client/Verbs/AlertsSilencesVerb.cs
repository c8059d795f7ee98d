using OrleansHealing.Client.Output;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>alerts silences</c>: what nobody is told of now.</summary>
internal sealed class AlertsSilencesVerb() : Verb("silences", "List the silences that are not over.")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        await using var session = await context.ConnectAsync(cancellationToken);
        var silences = await session.ReadAlertsAsync(door => door.SilencesAsync(), cancellationToken);
        switch (context.Format)
        {
            case OutputFormat.Json:
                context.Output.WriteLine(ConsoleJson.List(silences));
                break;
            case OutputFormat.Name:
                foreach (var silence in silences)
                {
                    context.Output.WriteLine(Printable.Clean(silence.Id));
                }

                break;
            case OutputFormat.Table when silences.Count is 0:
                context.Output.Tell("There are no silences. Begin one: healing alerts silence --for 2h --condition restart-rate");
                break;
            default:
                var grid = new Grid(new Column("ID"), new Column("ALERTS", Least: 16), new Column("BY", Rank: 2), new Column("ENDS", Rank: 1), new Column("REASON", Rank: 3, Least: 16));
                foreach (var silence in silences)
                {
                    grid.Add(
                        Printable.Clean(silence.Id), Printable.Clean(silence.Scope), Printable.Clean(silence.Actor), Humanize.Until(silence.Until, session.Now),
                        Printable.Clean(silence.Reason ?? Humanize.None));
                }

                grid.WriteTo(context.Output);
                break;
        }

        return ExitCodes.Ok;
    }
}
