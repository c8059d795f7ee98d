using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>The objects of the API with their versions, and what became of them, for watches and controllers.</summary>
internal sealed partial class ObjectStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(ResourceType Type, string Namespace, string Name), JsonObject> _objects = [];
    private readonly List<Happening> _happenings = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 1000;

    public sealed record Happening(long Version, string Type, ResourceType Of, string Namespace, JsonObject Object);

    public long Version
    {
        get
        {
            lock (_lock)
            {
                return _version;
            }
        }
    }

    /// <summary>Ends at the next change after this was asked for.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    public IReadOnlyList<Happening> Since(long version)
    {
        lock (_lock)
        {
            return [.. _happenings.Where(h => h.Version > version)];
        }
    }

    public JsonObject? Find(ResourceType type, string space, string name)
    {
        lock (_lock)
        {
            return (JsonObject?)_objects.GetValueOrDefault((type, space, name))?.DeepClone();
        }
    }

    public JsonObject Get(ResourceType type, string space, string name) => Find(type, space, name) ?? throw ApiFault.NotFound(type, name);

    public IReadOnlyList<JsonObject> List(ResourceType type, string? space = null)
    {
        lock (_lock)
        {
            return [.. _objects.Where(o => o.Key.Type == type && (space is null || o.Key.Namespace == space)).OrderBy(o => o.Key.Name, StringComparer.Ordinal).Select(o => (JsonObject)o.Value.DeepClone())];
        }
    }

    public JsonObject Create(ResourceType type, string space, JsonObject item)
    {
        item = (JsonObject)item.DeepClone();
        item["metadata"] ??= new JsonObject();
        var metadata = (JsonObject)item["metadata"]!;
        metadata["name"] ??= metadata["generateName"] is { } prefix ? $"{(string?)prefix}{Guid.NewGuid().ToString("N")[..5]}" : null;
        var name = (string?)metadata["name"] ?? throw ApiFault.Invalid(type, "", "metadata.name", "Required value: name or generateName is required");
        lock (_lock)
        {
            if (_objects.ContainsKey((type, space, name)))
            {
                throw new ApiFault(409, "AlreadyExists", $"{type.Qualified} \"{name}\" already exists");
            }

            metadata["namespace"] = space;
            metadata["uid"] = Guid.NewGuid().ToString();
            metadata["creationTimestamp"] = Time(DateTimeOffset.UtcNow);
            metadata["generation"] = 1;
            item["apiVersion"] = type.ApiVersion;
            item["kind"] = type.Kind;
            Default(type, item);
            Validate(type, name, item);
            return Write("ADDED", type, space, name, item);
        }
    }

    /// <summary>Puts what a change makes of an object in its place; its version, if it has one, must be the one that is there.</summary>
    public JsonObject Update(ResourceType type, string space, string name, Func<JsonObject, JsonObject> change)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue((type, space, name), out var there))
            {
                throw ApiFault.NotFound(type, name);
            }

            var item = change((JsonObject)there.DeepClone());
            var metadata = (JsonObject)item["metadata"]!;
            if (metadata["resourceVersion"] is { } version && (string?)version != (string?)there["metadata"]!["resourceVersion"])
            {
                throw ApiFault.Modified(type, name);
            }

            foreach (var kept in new[] { "uid", "creationTimestamp", "namespace", "name", "generation", "deletionTimestamp", "deletionGracePeriodSeconds" })
            {
                metadata[kept] = there["metadata"]![kept]?.DeepClone();
                if (metadata[kept] is null)
                {
                    metadata.Remove(kept);
                }
            }

            metadata["resourceVersion"] = (string?)there["metadata"]!["resourceVersion"];
            Validate(type, name, item);
            if (JsonNode.DeepEquals(item, there))
            {
                return (JsonObject)there.DeepClone();
            }

            if (!JsonNode.DeepEquals(item["spec"], there["spec"]))
            {
                metadata["generation"] = (long)metadata["generation"]! + 1;
            }

            return Write("MODIFIED", type, space, name, item);
        }
    }

    /// <summary>Marks a pod that is to end, or takes an object out.</summary>
    public JsonObject Delete(ResourceType type, string space, string name, JsonObject? options)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue((type, space, name), out var there))
            {
                throw ApiFault.NotFound(type, name);
            }

            var item = (JsonObject)there.DeepClone();
            var metadata = (JsonObject)item["metadata"]!;
            if (options?["preconditions"]?["uid"] is { } uid && (string?)uid != (string?)metadata["uid"])
            {
                throw new ApiFault(409, "Conflict", $"Operation cannot be fulfilled on {type.Qualified} \"{name}\": the UID in the precondition ({(string?)uid}) does not match the UID in record ({(string?)metadata["uid"]}). The object might have been deleted and then recreated");
            }

            var grace = type == ResourceType.Pods ? (long?)options?["gracePeriodSeconds"] ?? (long?)item["spec"]?["terminationGracePeriodSeconds"] ?? 30 : 0;
            if (grace is 0)
            {
                return Write("DELETED", type, space, name, item);
            }

            if (metadata["deletionTimestamp"] is null || (long)metadata["deletionGracePeriodSeconds"]! > grace)
            {
                metadata["deletionTimestamp"] = Time(DateTimeOffset.UtcNow.AddSeconds(grace));
                metadata["deletionGracePeriodSeconds"] = grace;
                return Write("MODIFIED", type, space, name, item);
            }

            return item;
        }
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static void Default(ResourceType type, JsonObject item)
    {
        if (type.HasScale)
        {
            item["spec"]!["replicas"] ??= 1L;
        }

        if (type == ResourceType.StatefulSets)
        {
            item["spec"]!["podManagementPolicy"] ??= "OrderedReady";
            item["spec"]!["updateStrategy"] ??= new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["partition"] = 0 } };
        }

        if (type == ResourceType.Deployments)
        {
            item["spec"]!["strategy"] ??= new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["maxSurge"] = "25%", ["maxUnavailable"] = "25%" } };
        }
    }

    private static void Validate(ResourceType type, string name, JsonObject item)
    {
        foreach (var (key, value) in item["metadata"]!["labels"] as JsonObject ?? [])
        {
            if (!Key().IsMatch(key) || value?.GetValueKind() is not System.Text.Json.JsonValueKind.String || !LabelValue().IsMatch((string)value!))
            {
                throw ApiFault.Invalid(type, name, "metadata.labels", $"Invalid value: \"{value}\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'");
            }
        }

        foreach (var (key, value) in (item["metadata"]!["annotations"] as JsonObject ?? []).Concat(item["spec"]?["template"]?["metadata"]?["annotations"] as JsonObject ?? []))
        {
            if (!Key().IsMatch(key) || value?.GetValueKind() is not System.Text.Json.JsonValueKind.String)
            {
                throw ApiFault.Invalid(type, name, "metadata.annotations", $"Invalid value: \"{key}\": a qualified name must consist of alphanumeric characters, '-', '_' or '.', with an optional DNS subdomain prefix and '/'");
            }
        }

        if (type.HasScale && (long?)item["spec"]?["replicas"] is < 0)
        {
            throw ApiFault.Invalid(type, name, "spec.replicas", "Invalid value: must be greater than or equal to 0");
        }
    }

    private JsonObject Write(string happened, ResourceType type, string space, string name, JsonObject item)
    {
        _version++;
        item["metadata"]!["resourceVersion"] = _version.ToString(CultureInfo.InvariantCulture);

        // As it goes over the wire: a number is a number, whatever it was made from.
        item = (JsonObject)JsonNode.Parse(item.ToJsonString())!;
        if (happened is "DELETED")
        {
            _objects.Remove((type, space, name));
        }
        else
        {
            _objects[(type, space, name)] = item;
        }

        _happenings.Add(new Happening(_version, happened, type, space, (JsonObject)item.DeepClone()));
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
        return (JsonObject)item.DeepClone();
    }

    [GeneratedRegex(@"\A([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"\A([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\z")]
    private static partial Regex LabelValue();
}
