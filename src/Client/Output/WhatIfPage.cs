using System.Globalization;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Output;

/// <summary>What another timeout would have meant, a row a kind, and what nobody can tell.</summary>
internal static class WhatIfPage
{
    public static void Write(WhatIfAnswer answer, DateTimeOffset now, ConsoleOutput output)
    {
        if (answer.Kinds.Count is 0)
        {
            output.WriteLine("No heartbeats are recorded yet; silos write what they counted every ten seconds.");
            return;
        }

        output.Write(new Line().Add($"With a timeout of {Humanize.Seconds(answer.TimeoutSeconds)}:", Styles.Strong));
        output.Write(new Line());
        Table(answer, now).WriteTo(output);
        output.Write(new Line());
        foreach (var unknown in answer.Unknown)
        {
            output.Write(new Line().Add($"- {Printable.Clean(unknown)}", Styles.Dim));
        }
    }

    private static Grid Table(WhatIfAnswer answer, DateTimeOffset now)
    {
        var grid = new Grid(
            new Column("KIND", Least: 12), new Column("NOW"), new Column("RECORDED", Rank: 3), new Column("GAPS", Rank: 4), new Column("LONGEST GAP", Rank: 2),
            new Column("FALSE RESTARTS"), new Column("AN HOUR", Rank: 1), new Column("SILENT"), new Column("MISTAKEN", Rank: 5), new Column("FOUND"), new Column("DOWNTIME"));
        foreach (var kind in answer.Kinds)
        {
            var restarts = Restarts(kind.FalseRestarts, kind.FalseRestartsAtMost);
            grid.Add(
                new(Printable.Clean(kind.Kind), Styles.Strong),
                Humanize.Seconds(kind.PresentTimeoutSeconds),
                $"for {Humanize.Span(now - kind.Since)}",
                string.Create(CultureInfo.InvariantCulture, $"{kind.Gaps:N0}"),
                kind.LongestGapSeconds is { } longest ? $"under {Humanize.Seconds(longest)}" : Humanize.None,
                new(restarts, kind.FalseRestartsAtMost is 0 ? Styles.Good : Styles.Bad),
                Number(kind.FalseRestartsPerHour),
                string.Create(CultureInfo.InvariantCulture, $"{kind.Silences:N0}"),
                kind.Mistakes is { } mistakes ? string.Create(CultureInfo.InvariantCulture, $"{mistakes:N0}") : "?",
                Way(kind.FoundLaterSeconds, "later", "earlier"),
                kind.Silences is 0 ? Humanize.None : Way(kind.ExtraDowntimeSeconds, "more", "less"));
        }

        return grid;
    }

    private static string Restarts(long surely, long atMost) => surely == atMost
        ? string.Create(CultureInfo.InvariantCulture, $"{surely:N0}")
        : string.Create(CultureInfo.InvariantCulture, $"{surely:N0} to {atMost:N0}");

    private static string Number(double number) => string.Create(CultureInfo.InvariantCulture, $"{number:0.##}");

    private static string Way(double seconds, string more, string less) => seconds switch
    {
        0 => "the same",
        > 0 => $"{Humanize.Seconds(seconds)} {more}",
        _ => $"{Humanize.Seconds(-seconds)} {less}",
    };
}
