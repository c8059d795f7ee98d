using OrleansHealing.Agents;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>kinds</c>: what can be spawned, and with which settings.</summary>
internal sealed class KindsVerb() : Verb("kinds", "List the kinds of agents that can be spawned, with their settings.")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        await using var session = await context.ConnectAsync(cancellationToken);
        var kinds = await session.ReadAsync(fleet => fleet.KindsAsync(), cancellationToken);
        switch (context.Format)
        {
            case OutputFormat.Json:
                context.Output.WriteLine(ConsoleJson.List(kinds));
                break;
            case OutputFormat.Name:
                foreach (var kind in kinds)
                {
                    context.Output.WriteLine(kind.Name);
                }

                break;
            default:
                Table(kinds).WriteTo(context.Output);
                break;
        }

        return ExitCodes.Ok;
    }

    private static Grid Table(IReadOnlyList<KindView> kinds)
    {
        var grid = new Grid(new Column("KIND"), new Column("SETTING"), new Column("TYPE", Rank: 1), new Column("DESCRIPTION", Rank: 2, Least: 20));
        foreach (var kind in kinds)
        {
            if (kind.Settings.Count is 0)
            {
                grid.Add(new(kind.Name, Styles.Strong), Humanize.None, "", "");
            }

            for (var i = 0; i < kind.Settings.Count; i++)
            {
                var setting = kind.Settings[i];
                grid.Add(new(kind.Name, i is 0 ? Styles.Strong : Styles.Dim), setting.Name + (setting.IsRequired ? " *" : ""), Type(setting), setting.Description);
            }
        }

        return grid;
    }

    private static string Type(AgentSetting setting)
    {
        var word = setting.Type.ToWord().Replace('-', ' ');
        return (setting.Min, setting.Max) switch
        {
            ({ } min, { } max) => FormattableString.Invariant($"{word} {min}..{max}"),
            ({ } min, null) => FormattableString.Invariant($"{word} from {min}"),
            (null, { } max) => FormattableString.Invariant($"{word} to {max}"),
            _ => word,
        };
    }
}
