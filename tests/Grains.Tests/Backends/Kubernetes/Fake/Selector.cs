using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>Selectors of labels, and the one of fields that kubectl uses.</summary>
internal static partial class Selector
{
    public static bool Matches(string? labels, string? fields, JsonObject item) =>
        Requirements(labels).All(r => Holds(r, item["metadata"]!["labels"] as JsonObject ?? [])) && HasName(fields, (string)item["metadata"]!["name"]!);

    private static bool HasName(string? fields, string name) =>
        string.IsNullOrEmpty(fields) || (fields.Split('=', 2) is ["metadata.name", var wanted] ? wanted == name
        : throw new ApiFault(400, "BadRequest", $"field label not supported: {fields}"));

    private static IEnumerable<Match> Requirements(string? labels)
    {
        if (string.IsNullOrEmpty(labels))
        {
            yield break;
        }

        foreach (var part in Comma().Split(labels))
        {
            yield return Requirement().Match(part.Trim()) is { Success: true } match ? match
                : throw new ApiFault(400, "BadRequest", $"unable to parse requirement: found '{part}'");
        }
    }

    private static bool Holds(Match requirement, JsonObject labels)
    {
        var value = (string?)labels[requirement.Groups["key"].Value];
        var wanted = requirement.Groups["set"] is { Success: true } set ? set.Value.Split(',', StringSplitOptions.TrimEntries) : [requirement.Groups["value"].Value];
        return requirement.Groups["op"].Value switch
        {
            "=" or "==" or "in" => value is not null && wanted.Contains(value),
            "!=" or "notin" => value is null || !wanted.Contains(value),
            _ => requirement.Groups["not"].Length > 0 ? value is null : value is not null,
        };
    }

    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Comma();

    [GeneratedRegex(@"\A(?<not>!)?(?<key>[A-Za-z0-9][-A-Za-z0-9_./]*)\s*(?:(?<op>==|=|!=)\s*(?<value>[-A-Za-z0-9_.]*)|\s(?<op>in|notin)\s*\((?<set>[^)]*)\))?\z")]
    private static partial Regex Requirement();
}
