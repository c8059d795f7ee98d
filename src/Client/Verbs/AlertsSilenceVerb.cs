using System.CommandLine;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>alerts silence</c>: not to be told of some alerts for a while.</summary>
internal sealed class AlertsSilenceVerb : Verb
{
    private readonly Option<TimeSpan?> _for = VerbOptions.Span("--for", "How long, at most 30d; what is open by then is told then.");
    private readonly Option<AgentId?> _agent = VerbOptions.AgentOption();
    private readonly Option<AlertCondition?> _condition = VerbOptions.OptionalWord<AlertCondition>("--condition", "Of this condition alone.");
    private readonly Option<KeyValuePair<string, string>[]> _labels = PairOption.Create("--label", "Of agents with this label; with all of them where it is given again.");
    private readonly Option<bool> _all = new("--all") { Description = "All alerts." };
    private readonly Option<string?> _reason = VerbOptions.Reason();

    public AlertsSilenceVerb()
        : base("silence", "Tell nobody of some alerts for a while.")
    {
        _for.Required = true;
        Add(_for);
        Add(_agent);
        Add(_condition);
        Add(_labels);
        Add(_all);
        Add(_reason);
        Validators.Add(result =>
        {
            var isScoped = result.GetResult(_agent) is not null || result.GetResult(_condition) is not null || result.GetResult(_labels) is not null;
            if (isScoped == result.GetValue(_all))
            {
                result.AddError("Say which alerts: --agent ID, --condition C, --label NAME=VALUE (together: all of these), or --all");
            }
        });
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var command = new AlertSilenceCommand(
            (arguments.GetValue(_labels) ?? []).ToDictionary(StringComparer.Ordinal),
            VerbContext.Actor,
            arguments.GetValue(_for)!.Value,
            arguments.GetValue(_agent),
            arguments.GetValue(_condition),
            arguments.GetValue(_reason));
        await using var session = await context.ConnectAsync(cancellationToken);
        return Orders.Report(context, "alerts", await session.OrderAlertsAsync(door => door.SilenceAsync(command), cancellationToken));
    }
}
