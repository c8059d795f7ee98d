using System.CommandLine;
using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>events</c>: what the supervisor did, and what it does from now on.</summary>
internal sealed class EventsVerb : Verb
{
    private readonly Option<bool> _follow = new("--follow", "-f", "--watch", "-w") { Description = "Go on with new actions as they happen." };
    private readonly Option<AgentId?> _agent = VerbOptions.AgentOption();
    private readonly Option<int> _limit = VerbOptions.Limit(20, "At most so many old ones (20).");

    private readonly Option<bool> _ids = new("--ids") { Description = "Show each action's id, which healing explain takes." };

    public EventsVerb()
        : base("events", "Show the supervisor's actions, oldest first, and why it took them.")
    {
        Add(_follow);
        Add(_agent);
        Add(_limit);
        Add(_ids);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var agent = context.Arguments.GetValue(_agent);
        var limit = context.Arguments.GetValue(_limit);
        await using var session = await context.ConnectAsync(cancellationToken);
        var newestFirst = await session.ActionsAsync(agent, limit, cancellationToken);
        if (context.Arguments.GetValue(_follow))
        {
            return await FollowAsync(context, session, agent, newestFirst, cancellationToken);
        }

        if (context.Format is OutputFormat.Json)
        {
            // Newest first, as the HTTP API lists them; only people read downward in time.
            context.Output.WriteLine(ConsoleJson.List(newestFirst));
            return ExitCodes.Ok;
        }

        if (newestFirst.Count is 0)
        {
            context.Output.Tell(agent is null ? "Nothing has happened yet." : await NothingOfAsync(session, agent.Value, cancellationToken));
        }

        Print(context, session, newestFirst.Reverse(), AgentWidth(newestFirst));
        return ExitCodes.Ok;
    }

    private async Task<int> FollowAsync(
        VerbContext context, FleetSession session, AgentId? agent, IReadOnlyList<SupervisorAction> newestFirst, CancellationToken cancellationToken)
    {
        var width = AgentWidth(newestFirst);
        Print(context, session, newestFirst.Reverse(), width);
        try
        {
            // After an empty log everything is new, also what comes before the stream is open.
            await foreach (var action in session.FollowAsync(agent, newestFirst.Count > 0 ? newestFirst[0].Id : "", cancellationToken))
            {
                width = Math.Max(width, ActionLine.About(action).Length);
                Print(context, session, [action], width);
            }

            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl+C is how following ends.
            return ExitCodes.Ok;
        }
    }

    private static async Task<string> NothingOfAsync(FleetSession session, AgentId agent, CancellationToken cancellationToken) =>
        await session.ReadAsync(fleet => fleet.DescribeAsync(agent), cancellationToken) is null
            ? throw new VerbFailure(ExitCodes.NotFound, await NotFound.MessageAsync(session, agent, cancellationToken))
            : $"Nothing of agent '{agent}' is in the log any more.";

    private static int AgentWidth(IEnumerable<SupervisorAction> actions) =>
        actions.Select(a => ActionLine.About(a).Length).DefaultIfEmpty(8).Max();

    private void Print(VerbContext context, FleetSession session, IEnumerable<SupervisorAction> oldestFirst, int agentWidth)
    {
        var output = context.Output;
        foreach (var action in oldestFirst)
        {
            switch (context.Format)
            {
                case OutputFormat.Json:
                    output.WriteLine(ConsoleJson.Line(action));
                    break;
                case OutputFormat.Name:
                    output.WriteLine(action.Id);
                    break;
                default:
                    output.Write(ActionLine.Of(action, agentWidth, output.Screen is not null, session.Now, context.Time.LocalTimeZone, context.Arguments.GetValue(_ids)));
                    break;
            }
        }

        output.Out.Flush();
    }
}
