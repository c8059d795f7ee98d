using System.CommandLine;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>alerts unsilence</c>: ends a silence before its time.</summary>
internal sealed class AlertsUnsilenceVerb : Verb
{
    private readonly Argument<string> _id = new("SILENCE") { Description = "The silence, as healing alerts silences lists it." };

    public AlertsUnsilenceVerb()
        : base("unsilence", "End a silence before its time.") => Add(_id);

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var id = context.Arguments.GetRequiredValue(_id);
        await using var session = await context.ConnectAsync(cancellationToken);
        return Orders.Report(context, id, await session.OrderAlertsAsync(door => door.UnsilenceAsync(id), cancellationToken));
    }
}
