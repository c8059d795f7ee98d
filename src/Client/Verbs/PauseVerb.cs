using System.CommandLine;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>pause</c>.</summary>
internal sealed class PauseVerb : OrderVerb
{
    private readonly Option<TimeSpan?> _for = VerbOptions.Span("--for", "How long; then they are resumed by themselves.");

    public PauseVerb()
        : base("pause", "Stop agents and let them rest until they are resumed, or the time is over.", CommandKind.Pause) => Add(_for);

    protected override TimeSpan? SpanOf(ParseResult arguments) => arguments.GetValue(_for);
}
