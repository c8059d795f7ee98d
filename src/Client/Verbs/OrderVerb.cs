using System.CommandLine;
using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary>A verb that gives one order to each of the agents it names.</summary>
internal abstract class OrderVerb : Verb
{
    private readonly Argument<AgentId[]> _ids = VerbOptions.Ids();
    private readonly Option<string?> _reason = VerbOptions.Reason();
    private readonly CommandKind _kind;

    protected OrderVerb(string name, string description, CommandKind kind)
        : base(name, description)
    {
        _kind = kind;
        Add(_ids);
        Add(_reason);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var ids = context.Arguments.GetRequiredValue(_ids);
        if (!await ConfirmAsync(context, ids, cancellationToken))
        {
            throw new VerbFailure(ExitCodes.Error, "Nothing was done.");
        }

        var command = new AgentCommand(_kind, VerbContext.Actor, context.Arguments.GetValue(_reason), SpanOf(context.Arguments));
        await using var session = await context.ConnectAsync(cancellationToken);
        return await Orders.RunAsync(context, session, ids, id => GiveAsync(session, id, command, cancellationToken), cancellationToken);
    }

    /// <summary>How long the order holds; null where that is not asked.</summary>
    protected virtual TimeSpan? SpanOf(ParseResult arguments) => null;

    protected virtual Task<bool> ConfirmAsync(VerbContext context, IReadOnlyList<AgentId> ids, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Pause, resume and release end in the same state however often they are given, so a lost answer is asked for again.</summary>
    protected virtual Task<CommandResult> GiveAsync(FleetSession session, AgentId id, AgentCommand command, CancellationToken cancellationToken) =>
        session.RepeatableOrderAsync(fleet => fleet.CommandAsync(id, command), cancellationToken);
}
