using System.CommandLine;
using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary>A verb that gives one order to each of the agents it names, and where it makes sense to all of a label or of the fleet.</summary>
internal abstract class OrderVerb : Verb
{
    private readonly Argument<AgentId[]> _ids;
    private readonly Option<string?> _reason = VerbOptions.Reason();
    private readonly Option<KeyValuePair<string, string>[]> _labels = VerbOptions.Labels();
    private readonly Option<bool> _all = new("--all") { Description = "The whole fleet." };
    private readonly CommandKind _kind;

    protected OrderVerb(string name, string description, CommandKind kind, bool takesMany = true)
        : base(name, description)
    {
        _kind = kind;
        _ids = VerbOptions.Ids(takesMany ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore);
        Add(_ids);
        Add(_reason);
        if (takesMany)
        {
            Add(_labels);
            Add(_all);
            Validators.Add(result =>
            {
                var ways = (result.GetResult(_ids)?.Tokens.Count > 0 ? 1 : 0) + (result.GetResult(_labels) is null ? 0 : 1) + (result.GetValue(_all) ? 1 : 0);
                if (ways != 1)
                {
                    result.AddError(ways == 0 ? "Say which agents: ID..., --label NAME=VALUE or --all" : "Say which agents in one way: ID..., --label NAME=VALUE or --all");
                }
            });
        }
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var ids = context.Arguments.GetValue(_ids) ?? [];
        if (!await ConfirmAsync(context, ids, cancellationToken))
        {
            throw new VerbFailure(ExitCodes.Error, "Nothing was done.");
        }

        var command = new AgentCommand(_kind, VerbContext.Actor, context.Arguments.GetValue(_reason), SpanOf(context.Arguments));
        await using var session = await context.ConnectAsync(cancellationToken);
        if (ids.Length is 0)
        {
            var labels = (context.Arguments.GetValue(_labels) ?? []).ToDictionary(StringComparer.Ordinal);
            return await GiveManyAsync(context, session, labels, command, cancellationToken);
        }

        return await Orders.RunAsync(context, session, ids, id => GiveAsync(session, id, command, cancellationToken), cancellationToken);
    }

    /// <summary>How long the order holds; null where that is not asked.</summary>
    protected virtual TimeSpan? SpanOf(ParseResult arguments) => null;

    protected virtual Task<bool> ConfirmAsync(VerbContext context, IReadOnlyList<AgentId> ids, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Pause, resume and release end in the same state however often they are given, so a lost answer is asked for again.</summary>
    protected virtual Task<CommandResult> GiveAsync(FleetSession session, AgentId id, AgentCommand command, CancellationToken cancellationToken) =>
        session.RepeatableOrderAsync(fleet => fleet.CommandAsync(id, command), cancellationToken);

    /// <summary>Gives the order to whoever has these labels; to everybody without one.</summary>
    protected virtual Task<int> GiveManyAsync(
        VerbContext context, FleetSession session, IReadOnlyDictionary<string, string> labels, AgentCommand command, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{Name} is given to named agents alone.");

    /// <summary>A standing order, or its end: it holds also for agents that come later.</summary>
    protected static async Task<int> StandAsync(
        VerbContext context, FleetSession session, IReadOnlyDictionary<string, string> labels, AgentCommand order, CancellationToken cancellationToken)
    {
        var isEnd = order.Kind is CommandKind.Resume;
        var command = new MaintenanceCommand(labels, order.Actor, order.Reason, order.For, isEnd);
        var tries = 0;
        var result = await session.RepeatableOrderAsync(
            fleet =>
            {
                tries++;
                return fleet.MaintainAsync(command);
            },
            cancellationToken);

        // Given again after a lost answer, "there is none" means that the first one was carried out.
        var isDone = isEnd && tries > 1 && result.Outcome is CommandOutcome.Conflict;
        return Orders.Report(context, MaintenanceOrder.ScopeOf(labels), isDone ? CommandResult.Done("The pause is over.") : result);
    }

    /// <summary>The order to each agent that is there now, one after the other.</summary>
    protected async Task<int> GiveEachAsync(
        VerbContext context,
        FleetSession session,
        IReadOnlyDictionary<string, string> labels,
        Func<AgentStatus, bool> isMeant,
        AgentCommand command,
        CancellationToken cancellationToken)
    {
        var query = new Fleet.AgentQuery { Labels = labels.Count is 0 ? null : labels };
        var ids = (await session.ListAsync(query, int.MaxValue, cancellationToken)).Items.Where(a => isMeant(a.Status)).Select(a => a.Id).ToList();
        if (ids.Count is 0)
        {
            context.Output.Tell($"No agent{(labels.Count is 0 ? "" : $" with {MaintenanceOrder.ScopeOf(labels)}")} is there to {Name}.");
        }

        return await Orders.RunAsync(context, session, ids, id => GiveAsync(session, id, command, cancellationToken), cancellationToken);
    }
}
