using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansHealing.Agents;

namespace OrleansHealing.Client.Verbs;

/// <summary>Options that are given as <c>name=value</c>, once or more often.</summary>
internal static class PairOption
{
    public static Option<KeyValuePair<string, string>[]> Create(string name, string description, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = "NAME=VALUE",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var token in result.Tokens)
            {
                var equals = token.Value.IndexOf('=', StringComparison.Ordinal);
                if (equals < 1)
                {
                    result.AddError($"{name} takes NAME=VALUE (it is '{token.Value}')");
                }
                else if (!pairs.TryAdd(token.Value[..equals], token.Value[(equals + 1)..]))
                {
                    result.AddError($"{name} {token.Value[..equals]} is given twice");
                }
            }

            return [.. pairs];
        },
    };

    /// <summary>Values that are JSON are taken as that, anything else as text.</summary>
    public static AgentSettings ToSettings(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var json = new JsonObject();
        foreach (var (name, value) in pairs)
        {
            json[name] = ToNode(value);
        }

        return AgentSettings.Parse(json.ToJsonString());
    }

    private static JsonNode? ToNode(string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            // A path or a sentence: text that needs no quotes on a command line.
            return JsonValue.Create(value);
        }
    }
}
