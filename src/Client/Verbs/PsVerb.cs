using System.CommandLine;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>ps</c>: the agents, all or those that are looked for.</summary>
internal sealed class PsVerb : Verb
{
    private readonly Option<AgentStatus?> _status = VerbOptions.OptionalWord<AgentStatus>("--status", "Only agents of this status.");
    private readonly Option<string?> _search = new("--search") { Description = "Only agents with this text in id, kind or labels.", HelpName = "TEXT" };
    private readonly Option<KeyValuePair<string, string>[]> _labels = VerbOptions.Labels();
    private readonly Option<int> _limit = VerbOptions.Limit(int.MaxValue, "At most so many (all).");
    private readonly Option<string?> _cursor = new("--cursor") { Description = "Where the page before ended: its nextCursor." };
    private readonly Option<bool> _watch = VerbOptions.Watch();

    public PsVerb()
        : base("ps", "List agents.")
    {
        Add(_status);
        Add(_search);
        Add(_labels);
        Add(_limit);
        Add(_cursor);
        Add(_watch);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var query = new AgentQuery
        {
            Status = arguments.GetValue(_status),
            Search = arguments.GetValue(_search),
            Labels = arguments.GetValue(_labels) is { Length: > 0 } labels ? labels.ToDictionary(StringComparer.Ordinal) : null,
            Cursor = arguments.GetValue(_cursor),
        };
        var limit = arguments.GetValue(_limit);
        await using var session = await context.ConnectAsync(cancellationToken);
        if (!arguments.GetValue(_watch))
        {
            var code = Print(context, session, await session.ListAsync(query, limit, cancellationToken), query);
            await TellMaintenanceAsync(context, session, cancellationToken);
            return code;
        }

        if (context is { Format: OutputFormat.Table, Output.Screen: { } screen })
        {
            await LiveScreen.RunAsync(
                context.Output,
                screen,
                context.Time,
                async (rows, patience) => await FrameAsync(session, query, Math.Min(limit, rows - 1), screen.Profile.Width, patience, cancellationToken),
                cancellationToken);
            return ExitCodes.Ok;
        }

        return await new AgentChanges(context, session).RunAsync(query, limit, cancellationToken);
    }

    private static async Task<IReadOnlyList<Line>> FrameAsync(
        FleetSession session, AgentQuery query, int limit, int width, TimeSpan patience, CancellationToken cancellationToken)
    {
        var page = await session.ReadAsync(
            fleet => fleet.ListAsync(query with { Limit = Math.Clamp(limit, 1, AgentQuery.MaxLimit) }), cancellationToken, patience);
        return [.. AgentTable.Of(page.Items, session.Now, onScreen: true).Lines(width)];
    }

    /// <summary>Why so many are paused is for the person alone; scripts ask for it.</summary>
    private static async Task TellMaintenanceAsync(VerbContext context, FleetSession session, CancellationToken cancellationToken)
    {
        if (context.Format is OutputFormat.Table)
        {
            foreach (var order in await session.ReadAsync(fleet => fleet.MaintenanceAsync(), cancellationToken))
            {
                context.Output.Tell($"Paused: {MaintenanceLine.Of(order, session.Now)}");
            }
        }
    }

    private static int Print(VerbContext context, FleetSession session, Page<AgentView> page, AgentQuery query)
    {
        var output = context.Output;
        switch (context.Format)
        {
            case OutputFormat.Json:
                output.WriteLine(ConsoleJson.Document(page));
                break;
            case OutputFormat.Name:
                foreach (var agent in page.Items)
                {
                    output.WriteLine(agent.Id.Value);
                }

                break;
            case OutputFormat.Table when page.Items.Count is 0:
                output.Tell(query is { Status: null, Search: null, Labels: null, Cursor: null }
                    ? "There are no agents yet. Spawn one: healing spawn ID --kind KIND (see: healing kinds)"
                    : "No agent matches.");
                break;
            default:
                AgentTable.Of(page.Items, session.Now, output.Screen is not null).WriteTo(output);
                break;
        }

        if (page.NextCursor is { } cursor && context.Format is not OutputFormat.Json)
        {
            output.Tell($"There are more: --cursor {cursor}");
        }

        return ExitCodes.Ok;
    }
}
