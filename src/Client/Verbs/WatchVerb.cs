using System.CommandLine;
using OrleansHealing.Agents;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>watch</c>: the fleet, or one agent, on a screen that is drawn again in place; without a screen, the changes as lines.</summary>
internal sealed class WatchVerb : Verb
{
    private readonly Argument<AgentId?> _id = VerbOptions.OptionalId("One agent; without it the fleet.");

    public WatchVerb()
        : base("watch", "Watch the fleet or one agent live. q leaves.") => Add(_id);

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var id = context.Arguments.GetValue(_id);
        await using var session = await context.ConnectAsync(cancellationToken);
        if (id is { } one && await session.ReadAsync(fleet => fleet.DescribeAsync(one), cancellationToken) is null)
        {
            throw new VerbFailure(ExitCodes.NotFound, await NotFound.MessageAsync(session, one, cancellationToken));
        }

        if (context is { Format: OutputFormat.Table, Output.Screen: { } screen })
        {
            Func<int, TimeSpan, Task<IReadOnlyList<Line>>> frame = id is { } agent
                ? (_, patience) => DescribeVerb.FrameAsync(context, session, agent, patience, cancellationToken)
                : (rows, patience) => new FleetFrame(session, context.Time.LocalTimeZone).DrawAsync(rows, screen.Profile.Width, patience, cancellationToken);
            await LiveScreen.RunAsync(context.Output, screen, context.Time, frame, cancellationToken);
            return ExitCodes.Ok;
        }

        // A search for the whole id also finds longer ones; the changes of those are shown too rather than a poll of its own.
        return await new AgentChanges(context, session).RunAsync(new AgentQuery { Search = id?.Value }, int.MaxValue, cancellationToken);
    }
}
