using System.CommandLine;
using System.CommandLine.Parsing;

namespace OrleansHealing.Client.Verbs;

/// <summary>
/// An option whose value was left out. The parser then takes the next word for it, though that is an option itself, and complains
/// of what is left over, or not at all.
/// </summary>
internal static class MissingValue
{
    /// <summary>The fault in words; null when there is none.</summary>
    public static string? Find(ParseResult arguments)
    {
        var verb = arguments.CommandResult;
        var root = arguments.RootCommandResult;
        var known = verb.Command.Options.Concat(root.Command.Options).SelectMany(o => o.Aliases.Append(o.Name)).ToHashSet(StringComparer.Ordinal);
        return verb.Children.Concat(root.Children).OfType<OptionResult>()
            .Select(option => (option.Option.Name, Word: option.Tokens.Select(t => t.Value).FirstOrDefault(known.Contains)))
            .Where(found => found.Word is not null)
            .Select(found => $"{found.Name} must have a value (what follows is the option {found.Word})")
            .FirstOrDefault();
    }
}
