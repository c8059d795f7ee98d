using System.CommandLine;
using OrleansHealing.Client.Output;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>alerts test</c>: whether sinks take an alert.</summary>
internal sealed class AlertsTestVerb : Verb
{
    private readonly Option<string?> _sink = new("--sink") { Description = "This one alone.", HelpName = "NAME" };

    public AlertsTestVerb()
        : base("test", "Send each sink a test alert and its end, and say how it took them.") => Add(_sink);

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var sink = context.Arguments.GetValue(_sink);
        await using var session = await context.ConnectAsync(cancellationToken);
        var results = await session.OrderAlertsAsync(door => door.TestAsync(sink), cancellationToken);
        if (results.Count is 0)
        {
            throw new VerbFailure(ExitCodes.NotFound, $"There is no sink '{sink}'.");
        }

        if (context.Format is OutputFormat.Json)
        {
            context.Output.WriteLine(ConsoleJson.List(results));
        }

        foreach (var result in results)
        {
            var line = result.Error is null ? $"{result.Sink} ({result.Kind}): told in {Humanize.Seconds(result.Seconds)}" : $"{result.Sink} ({result.Kind}): {result.Error}";
            if (result.Error is not null)
            {
                context.Output.Tell(Printable.Clean(line));
            }
            else if (context.Format is not OutputFormat.Json)
            {
                context.Output.WriteLine(Printable.Clean(context.Format is OutputFormat.Name ? result.Sink : line));
            }
        }

        return results.Any(r => r.Error is not null) ? ExitCodes.Error : ExitCodes.Ok;
    }
}
