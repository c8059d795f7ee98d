using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using OrleansHealing.Agents;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary>Arguments and options that several verbs take, and the parsers that say what a value must be.</summary>
internal static class VerbOptions
{
    public static Argument<AgentId> Id() => new("ID") { Description = "The agent.", CustomParser = ParseId };

    public static Argument<AgentId?> OptionalId(string description) => new("ID")
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens.Count is 0 ? null : ParseId(result),
    };

    public static Argument<AgentId[]> Ids() => Ids(ArgumentArity.OneOrMore);

    public static Argument<AgentId[]> Ids(ArgumentArity arity) => new("ID")
    {
        Description = "The agents.",
        Arity = arity,
        CustomParser = result => [.. result.Tokens.Select(t => ParseId(result, t.Value)).Distinct()],
    };

    public static Option<AgentId?> AgentOption() => new("--agent")
    {
        Description = "Of this agent alone.",
        HelpName = "ID",
        CustomParser = result => ParseId(result),
    };

    public static Option<KeyValuePair<string, string>[]> Labels() => PairOption.Create("--label", "Agents with this label; with all of them where it is given again.");

    public static Option<bool> Watch() => new("--watch", "-w") { Description = "Go on, and show what changes." };

    public static Option<string?> Reason() => new("--reason") { Description = "Why; goes into the action log.", HelpName = "TEXT" };

    public static Option<int> Limit(int byDefault, string description) => new("--limit")
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0)
            {
                return limit;
            }

            result.AddError($"--limit must be a whole number over 0 (it is '{result.Tokens[0].Value}')");
            return 0;
        },
    };

    /// <summary>An option that takes the words of an enum.</summary>
    public static Option<T> Word<T>(string name, string alias, string description)
        where T : struct, Enum
    {
        string[] aliases = alias is "" ? [] : [alias];
        var option = new Option<T>(name, aliases)
        {
            Description = description,
            HelpName = string.Join('|', Enum.GetValues<T>().Select(v => v.ToWord())),
            CustomParser = result => ParseWord<T>(result, name),
        };
        option.CompletionSources.Add(_ => Enum.GetValues<T>().Select(v => new System.CommandLine.Completions.CompletionItem(v.ToWord())));
        return option;
    }

    /// <summary>Like <see cref="Word{T}"/>, and null when it is not given.</summary>
    public static Option<T?> OptionalWord<T>(string name, string description)
        where T : struct, Enum => new(name)
        {
            Description = description,
            HelpName = string.Join('|', Enum.GetValues<T>().Select(v => v.ToWord())),
            CustomParser = result => ParseWord<T>(result, name),
        };

    /// <summary>A span in seconds; <c>5</c> and <c>5s</c> are the same.</summary>
    public static Option<double?> Seconds(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        CustomParser = result =>
        {
            if (TryNumber(result.Tokens[0].Value, out var seconds))
            {
                return seconds;
            }

            result.AddError($"{name} must be a number of seconds (it is '{result.Tokens[0].Value}')");
            return null;
        },
    };

    /// <summary>How long something ordered holds: <c>90s</c>, <c>2h</c>, <c>1h30m</c>.</summary>
    public static Option<TimeSpan?> Span(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "2h|30m|90s",
        CustomParser = result =>
        {
            if (Durations.TryParse(result.Tokens[0].Value, out var span) && CommandRules.PauseFault(span) is null)
            {
                return span;
            }

            result.AddError($"{name} {Durations.Rule}, over 0 and at most {Durations.ToWords(CommandRules.MaxPause)} (it is '{result.Tokens[0].Value}')");
            return null;
        },
    };

    public static bool TryNumber(string text, out double value) => double.TryParse(
        text.EndsWith('s') ? text.AsSpan(0, text.Length - 1) : text,
        NumberStyles.Float,
        CultureInfo.InvariantCulture,
        out value) && double.IsFinite(value);

    private static AgentId ParseId(ArgumentResult result) => ParseId(result, result.Tokens[0].Value);

    private static AgentId ParseId(ArgumentResult result, string text)
    {
        if (!AgentId.TryParse(text, out var id))
        {
            result.AddError(text.StartsWith('-') ? $"There is no option '{text}' here." : $"'{text}' is no agent id: it {AgentId.Rule}");
        }

        return id;
    }

    private static T ParseWord<T>(ArgumentResult result, string name)
        where T : struct, Enum
    {
        if (!Words.TryParse<T>(result.Tokens[0].Value, out var value))
        {
            result.AddError($"{name} must be one of {Words.List<T>()} (it is '{result.Tokens[0].Value}')");
        }

        return value;
    }
}
