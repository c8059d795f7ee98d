using System.CommandLine;
using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>describe</c>: everything about one agent.</summary>
internal sealed class DescribeVerb : Verb
{
    private readonly Argument<AgentId> _id = VerbOptions.Id();
    private readonly Option<bool> _watch = VerbOptions.Watch();

    public DescribeVerb()
        : base("describe", "Show one agent: state, definition, policy, checkpoints, and what happened to it and why.")
    {
        Add(_id);
        Add(_watch);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var id = context.Arguments.GetRequiredValue(_id);
        await using var session = await context.ConnectAsync(cancellationToken);
        if (context.Arguments.GetValue(_watch) && context is { Format: OutputFormat.Table, Output.Screen: { } screen })
        {
            await LiveScreen.RunAsync(
                context.Output, screen, context.Time, (rows, patience) => FrameAsync(context, session, id, patience, cancellationToken), cancellationToken);
            return ExitCodes.Ok;
        }

        return await PrintAsync(context, session, id, cancellationToken);
    }

    /// <summary>The agent's page as a frame of a live screen.</summary>
    public static async Task<IReadOnlyList<Line>> FrameAsync(
        VerbContext context, FleetSession session, AgentId id, TimeSpan patience, CancellationToken cancellationToken)
    {
        var details = await session.ReadAsync(fleet => fleet.DescribeAsync(id), cancellationToken, patience);
        return details is null
            ? [new Line().Add($"There is no agent '{id}'.", Styles.Bad)]
            : [.. AgentPage.Of(details, session.Now, context.Time.LocalTimeZone, onScreen: true)];
    }

    private static async Task<int> PrintAsync(VerbContext context, FleetSession session, AgentId id, CancellationToken cancellationToken)
    {
        var details = await session.ReadAsync(fleet => fleet.DescribeAsync(id), cancellationToken)
            ?? throw new VerbFailure(ExitCodes.NotFound, await NotFound.MessageAsync(session, id, cancellationToken));
        var output = context.Output;
        switch (context.Format)
        {
            case OutputFormat.Json:
                output.WriteLine(ConsoleJson.Document(details));
                break;
            case OutputFormat.Name:
                output.WriteLine(details.Agent.Id.Value);
                break;
            default:
                foreach (var line in AgentPage.Of(details, session.Now, context.Time.LocalTimeZone, output.Screen is not null))
                {
                    output.Write(line);
                }

                break;
        }

        return ExitCodes.Ok;
    }
}
