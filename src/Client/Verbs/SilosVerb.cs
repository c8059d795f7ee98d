using System.CommandLine;
using System.Globalization;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>silos</c>: the processes that the fleet lives in.</summary>
internal sealed class SilosVerb : Verb
{
    private readonly Option<bool> _watch = VerbOptions.Watch();

    public SilosVerb()
        : base("silos", "List silos, with their process, agents and pages.") => Add(_watch);

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        await using var session = await context.ConnectAsync(cancellationToken);
        if (context.Arguments.GetValue(_watch) && context is { Format: OutputFormat.Table, Output.Screen: { } screen })
        {
            await LiveScreen.RunAsync(
                context.Output,
                screen,
                context.Time,
                async (_, patience) => [.. Table(await session.ReadAsync(f => f.SilosAsync(), cancellationToken, patience), session.Now).Lines(screen.Profile.Width)],
                cancellationToken);
            return ExitCodes.Ok;
        }

        var silos = await session.ReadAsync(fleet => fleet.SilosAsync(), cancellationToken);
        switch (context.Format)
        {
            case OutputFormat.Json:
                context.Output.WriteLine(ConsoleJson.List(silos));
                break;
            case OutputFormat.Name:
                foreach (var silo in silos)
                {
                    context.Output.WriteLine(silo.Name);
                }

                break;
            default:
                Table(silos, session.Now).WriteTo(context.Output);
                break;
        }

        return ExitCodes.Ok;
    }

    private static Grid Table(IReadOnlyList<SiloView> silos, DateTimeOffset now)
    {
        var grid = new Grid(
            new Column("NAME"),
            new Column("STATUS"),
            new Column("AGENTS", Rank: 1),
            new Column("PID", Rank: 2),
            new Column("MACHINE", Rank: 4),
            new Column("STARTED", Rank: 5),
            new Column("ADDRESS", Rank: 6),
            new Column("URL", Rank: 3));
        foreach (var silo in silos)
        {
            grid.Add(
                silo.Name,
                new(silo.Status.ToWord(), Styles.Of(silo.Status)),
                silo.Agents.ToString(CultureInfo.InvariantCulture),
                silo.Pid.ToString(CultureInfo.InvariantCulture),
                silo.Machine,
                Humanize.Ago(silo.StartedAt, now),
                silo.Address,
                silo.Url ?? Humanize.None);
        }

        return grid;
    }
}
