using System.Text.Json.Nodes;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>The three kinds of patches: RFC 7386, RFC 6902 and Kubernetes's own, in which some lists are merged by a key of their elements.</summary>
internal static class Patches
{
    private static readonly Dictionary<string, string> KeysOfLists = new(StringComparer.Ordinal)
    {
        ["containers"] = "name",
        ["initContainers"] = "name",
        ["env"] = "name",
        ["volumes"] = "name",
        ["volumeMounts"] = "mountPath",
        ["ports"] = "containerPort",
        ["conditions"] = "type",
    };

    public static JsonObject Apply(string? contentType, JsonObject target, JsonNode patch) => contentType switch
    {
        "application/merge-patch+json" => (JsonObject)Merge(target, patch, isStrategic: false)!,
        "application/strategic-merge-patch+json" => (JsonObject)Merge(target, patch, isStrategic: true)!,
        "application/json-patch+json" => Steps(target, (JsonArray)patch),
        _ => throw new ApiFault(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json (it is {contentType})"),
    };

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch, bool isStrategic)
    {
        if (patch is not JsonObject members)
        {
            return patch?.DeepClone();
        }

        var result = target is JsonObject there ? (JsonObject)there.DeepClone() : [];
        foreach (var (name, value) in members)
        {
            if (name.StartsWith('$'))
            {
                // Directives of kubectl: orders of lists, which mean nothing here.
                continue;
            }

            if (value is null)
            {
                result.Remove(name);
            }
            else if (isStrategic && value is JsonArray list && KeysOfLists.TryGetValue(name, out var key) && list.All(e => e is JsonObject))
            {
                result[name] = MergeLists(result[name] as JsonArray ?? [], list, key);
            }
            else
            {
                var merged = Merge(result[name], value, isStrategic);
                result[name] = merged;
            }
        }

        return result;
    }

    private static JsonArray MergeLists(JsonArray target, JsonArray patch, string key)
    {
        var result = (JsonArray)target.DeepClone();
        foreach (var element in patch.Select(e => (JsonObject)e!))
        {
            var index = result.ToList().FindIndex(e => e![key]?.ToString() == element[key]?.ToString());
            if ((string?)element["$patch"] is "delete")
            {
                if (index >= 0)
                {
                    result.RemoveAt(index);
                }
            }
            else if (index >= 0)
            {
                result[index] = Merge(result[index], element, isStrategic: true);
            }
            else
            {
                result.Add(element.DeepClone());
            }
        }

        return result;
    }

    private static JsonObject Steps(JsonObject target, JsonArray steps)
    {
        JsonNode result = target.DeepClone();
        foreach (var step in steps)
        {
            var path = ((string)step!["path"]!).Split('/').Skip(1).Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToList();
            var parent = path.SkipLast(1).Aggregate((JsonNode?)result, (node, part) => node is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : node?[part]) as JsonObject;
            var (op, last) = ((string)step["op"]!, path[^1]);
            if (parent is null || (op is not "add" && !parent.ContainsKey(last)) || (op is "test" && !JsonNode.DeepEquals(parent[last], step["value"])))
            {
                throw new ApiFault(422, "Invalid", $"the server rejected our request due to an error in our request: {op} of {(string)step["path"]!} failed");
            }

            if (op is "remove")
            {
                parent.Remove(last);
            }
            else if (op is "add" or "replace")
            {
                parent[last] = step["value"]?.DeepClone();
            }
        }

        return (JsonObject)result;
    }
}
