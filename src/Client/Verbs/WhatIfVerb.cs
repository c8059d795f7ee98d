using System.CommandLine;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>what-if</c>: what another timeout would have meant.</summary>
internal sealed class WhatIfVerb : Verb
{
    private readonly Option<TimeSpan> _timeout = new("--timeout")
    {
        Description = "The timeout to ask about: 8s, 500ms, 1m30s.",
        HelpName = "SPAN",
        Required = true,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Durations.TryParse(text, out var span) && span.TotalSeconds is >= WhatIfAnswer.LeastSeconds and <= WhatIfAnswer.MostSeconds)
            {
                return span;
            }

            result.AddError($"--timeout must be a span like 8s, 500ms or 1m30s, from 50 ms to a day (it is '{text}')");
            return default;
        },
    };

    private readonly Option<string?> _kind = new("--kind", "-k") { Description = "Of agents of this kind alone.", HelpName = "KIND" };

    public WhatIfVerb()
        : base("what-if", "Work out from the recorded heartbeats what another timeout would have meant.")
    {
        Add(_timeout);
        Add(_kind);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var timeout = context.Arguments.GetRequiredValue(_timeout);
        var kind = context.Arguments.GetValue(_kind);
        await using var session = await context.ConnectAsync(cancellationToken);
        var answer = await session.ReadAsync(fleet => fleet.WhatIfAsync(timeout, kind), cancellationToken)
            ?? throw new VerbFailure(ExitCodes.NotFound, $"There is no kind '{Printable.Clean(kind!)}'. See: healing kinds");
        switch (context.Format)
        {
            case OutputFormat.Json:
                context.Output.WriteLine(ConsoleJson.Document(answer));
                break;
            case OutputFormat.Name:
                foreach (var of in answer.Kinds)
                {
                    context.Output.WriteLine(of.Kind);
                }

                break;
            default:
                WhatIfPage.Write(answer, session.Now, context.Output);
                break;
        }

        return ExitCodes.Ok;
    }
}
