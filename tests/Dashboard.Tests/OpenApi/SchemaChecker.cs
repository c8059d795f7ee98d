using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>As much of JSON Schema as the description uses; members that a schema does not know are a fault, so that none is left undescribed.</summary>
internal sealed class SchemaChecker(JsonNode document)
{
    public IEnumerable<string> Faults(JsonNode? value, JsonNode schema, string path = "$") => Check(value, Resolve(schema), path);

    /// <summary>The members that an object of this schema may have.</summary>
    public IEnumerable<string> Members(JsonNode schema)
    {
        var resolved = Resolve(schema);
        return (resolved["properties"]?.AsObject().Select(p => p.Key) ?? []).Concat(resolved["allOf"]?.AsArray().SelectMany(s => Members(s!)) ?? []);
    }

    private JsonNode Resolve(JsonNode schema) =>
        schema["$ref"] is { } reference ? Resolve(document["components"]!["schemas"]![((string)reference!).Split('/')[^1]]!) : schema;

    private IEnumerable<string> Check(JsonNode? value, JsonNode schema, string path)
    {
        if (schema["anyOf"] is JsonArray any)
        {
            var all = any.Select(s => Faults(value, s!, path).ToList()).ToList();
            return all.Any(f => f.Count is 0) ? [] : all.MinBy(f => f.Count)!;
        }

        var kind = Kind(value);
        if (schema["type"] is { } type && !Types(type).Any(t => t == kind || (t is "number" && kind is "integer")))
        {
            return [$"{path} is {kind}, not {type.ToJsonString()}"];
        }

        if (schema["enum"] is JsonArray words && !words.Any(w => JsonNode.DeepEquals(w, value)))
        {
            return [$"{path} is {value}, none of {words.ToJsonString()}"];
        }

        return value switch
        {
            JsonObject o => CheckObject(o, schema, path),
            JsonArray a => schema["items"] is { } items ? a.SelectMany((item, i) => Faults(item, items, $"{path}[{i}]")) : [],
            _ => CheckText(value, schema, path),
        };
    }

    private IEnumerable<string> CheckObject(JsonObject value, JsonNode schema, string path)
    {
        if (schema["properties"] is null && schema["allOf"] is null)
        {
            return schema["additionalProperties"] is JsonObject each ? value.SelectMany(m => Faults(m.Value, each, $"{path}.{m.Key}")) : [];
        }

        var parts = (schema["allOf"]?.AsArray().Select(s => Resolve(s!)) ?? []).Append(schema).ToList();
        var required = parts.SelectMany(p => p["required"]?.AsArray().Select(r => (string)r!) ?? []);
        return required.Where(r => !value.ContainsKey(r)).Select(r => $"{path}.{r} is missing").Concat(value.SelectMany(member =>
            parts.Select(p => p["properties"]?[member.Key]).FirstOrDefault(p => p is not null) is { } of
                ? Faults(member.Value, of, $"{path}.{member.Key}")
                : [$"{path}.{member.Key} is not described"]));
    }

    private static IEnumerable<string> CheckText(JsonNode? value, JsonNode schema, string path)
    {
        if (schema["pattern"] is { } pattern && !Regex.IsMatch((string)value!, (string)pattern!))
        {
            yield return $"{path} is {value}, which is not {pattern}";
        }

        if ((string?)schema["format"] is "date-time" && value is not null && !DateTimeOffset.TryParse((string)value!, CultureInfo.InvariantCulture, out _))
        {
            yield return $"{path} is {value}, which is no time";
        }
    }

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray several ? several.Select(t => (string)t!) : [(string)type!];

    private static string Kind(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "boolean",
        System.Text.Json.JsonValueKind.Number => value.ToJsonString().Contains('.', StringComparison.Ordinal) ? "number" : "integer",
        { } other => other.ToString().ToLowerInvariant(),
    };
}
