using System.CommandLine;
using OrleansHealing.Client.Connection;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>pause</c>. By label or for the whole fleet it is a standing order, which holds agents that come meanwhile as well.</summary>
internal sealed class PauseVerb : OrderVerb
{
    private readonly Option<TimeSpan?> _for = VerbOptions.Span("--for", "How long; then they are resumed by themselves.");

    public PauseVerb()
        : base("pause", "Stop agents and let them rest until they are resumed, or the time is over.", CommandKind.Pause) => Add(_for);

    protected override TimeSpan? SpanOf(ParseResult arguments) => arguments.GetValue(_for);

    protected override Task<int> GiveManyAsync(
        VerbContext context, FleetSession session, IReadOnlyDictionary<string, string> labels, AgentCommand command, CancellationToken cancellationToken) =>
        StandAsync(context, session, labels, command, cancellationToken);
}
