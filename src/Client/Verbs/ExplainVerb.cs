using System.CommandLine;
using System.Text.RegularExpressions;
using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>explain</c>: an action, decided again on what was recorded of it.</summary>
internal sealed partial class ExplainVerb : Verb
{
    private readonly Argument<string> _what = new("ACTION|AGENT")
    {
        Description = "The id of an action, as healing events --ids shows it; or an agent, for its newest action.",
    };

    private readonly Option<AgentId?> _agent = VerbOptions.AgentOption();

    public ExplainVerb()
        : base("explain", "Show which rule made an action and on what numbers, and whether deciding again gives the same.")
    {
        _agent.Description = "Look in this agent's own log as well, which reaches further back than the fleet's.";
        Add(_what);
        Add(_agent);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var what = context.Arguments.GetRequiredValue(_what);
        var isAction = ActionId().IsMatch(what);
        var agent = context.Arguments.GetValue(_agent);
        if (!isAction && !AgentId.TryParse(what, out _))
        {
            throw new VerbFailure(ExitCodes.Usage, $"'{Printable.Clean(what)}' is neither the id of an action nor of an agent: an agent's {AgentId.Rule}.");
        }

        await using var session = await context.ConnectAsync(cancellationToken);
        var explanation = isAction
            ? await session.ReadAsync(fleet => fleet.ExplainAsync(what, agent), cancellationToken) ?? throw NoSuchAction(what, agent)
            : await NewestAsync(session, AgentId.Parse(what), cancellationToken);
        switch (context.Format)
        {
            case OutputFormat.Json:
                context.Output.WriteLine(ConsoleJson.Document(explanation));
                break;
            case OutputFormat.Name:
                context.Output.WriteLine(explanation.Rule ?? Humanize.None);
                break;
            default:
                foreach (var line in ExplanationPage.Of(explanation, session.Now, context.Time.LocalTimeZone, context.Output.Screen is not null))
                {
                    context.Output.Write(line);
                }

                break;
        }

        return ExitCodes.Ok;
    }

    private static async Task<ActionExplanation> NewestAsync(FleetSession session, AgentId agent, CancellationToken cancellationToken)
    {
        if (await session.ReadAsync(fleet => fleet.ExplainAsync(null, agent), cancellationToken) is { } explanation)
        {
            return explanation;
        }

        throw new VerbFailure(ExitCodes.NotFound, await NotFound.MessageAsync(session, agent, cancellationToken));
    }

    private static VerbFailure NoSuchAction(string id, AgentId? agent) => new(
        ExitCodes.NotFound,
        agent is { } named
            ? $"There is no action '{id}' in the log of agent '{named}'. See: healing events --agent {named} --ids"
            : $"There is no action '{id}' in the fleet's log. It may have left it; an agent's own reaches further back: healing explain {id} --agent ID");

    /// <summary>As the supervisor makes them: milliseconds, random bits, number.</summary>
    [GeneratedRegex("^[0-9a-f]{11,}-[0-9a-f]{10}-[0-9]+$")]
    private static partial Regex ActionId();
}
