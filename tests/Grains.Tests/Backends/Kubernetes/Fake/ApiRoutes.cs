using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>The routes: discovery, and what may be done with objects of a namespace.</summary>
internal sealed class ApiRoutes(ObjectStore store)
{
    private static readonly string[] MetadataOfScale = ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"];

    public async Task AnswerAsync(HttpContext context, string user, JsonNode? body)
    {
        var path = context.Request.Path.ToString();
        if (ResourceType.Discover(path) is { } found)
        {
            await context.Response.WriteAsJsonAsync(found);
            return;
        }

        var (type, space, name, subresource) = Parse(path);
        var isWatch = context.Request.Query["watch"] == "true" || context.Request.Query["watch"] == "1";
        new Rbac(store).Check(user, VerbOf(context.Request.Method, name, isWatch), type, subresource, space, name);
        if (isWatch)
        {
            await WatchAsync(context, type, space);
            return;
        }

        var (code, answer) = subresource is null ? Carry(context.Request, type, space, name, body) : (200, Scale(context.Request, type, space!, name!, body));
        context.Response.StatusCode = code;
        await context.Response.WriteAsJsonAsync(answer);
    }

    private static (ResourceType Type, string? Namespace, string? Name, string? Subresource) Parse(string path)
    {
        var parts = path.Trim('/').Split('/');
        var (group, rest) = parts switch
        {
            ["api", "v1", .. var core] => ("", core),
            ["apis", var named, "v1", .. var others] => (named, others),
            _ => throw Unknown(),
        };
        var (space, plural, name, subresource) = rest switch
        {
            ["namespaces", var s, var p] => (s, p, null, (string?)null),
            ["namespaces", var s, var p, var n] => (s, p, n, null),
            ["namespaces", var s, var p, var n, "scale"] => (s, p, n, "scale"),
            [var p] => ((string?)null, p, (string?)null, null),
            _ => throw Unknown(),
        };
        return (ResourceType.Find(group, plural) ?? throw Unknown(), space, name, subresource);

        static ApiFault Unknown() => new(404, "NotFound", "the server could not find the requested resource");
    }

    private static string VerbOf(string method, string? name, bool isWatch) => method switch
    {
        _ when isWatch => "watch",
        "GET" => name is null ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" when name is not null => "delete",
        _ => throw new ApiFault(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
    };

    private (int Code, JsonObject Answer) Carry(HttpRequest request, ResourceType type, string? space, string? name, JsonNode? body) => request.Method switch
    {
        "GET" when name is null => (200, List(request, type, space)),
        "GET" => (200, store.Get(type, space!, name)),
        "POST" => (201, store.Create(type, space!, (JsonObject)body!)),
        "PUT" => (200, store.Update(type, space!, name!, _ => (JsonObject)body!)),
        "PATCH" => (200, store.Update(type, space!, name!, there => Patches.Apply(request.ContentType?.Split(';')[0], there, body!))),
        _ => (200, store.Delete(type, space!, name!, body as JsonObject)),
    };

    private JsonObject List(HttpRequest request, ResourceType type, string? space)
    {
        var items = store.List(type, space).Where(i => Selector.Matches(request.Query["labelSelector"], request.Query["fieldSelector"], i)).ToList();
        foreach (var item in items)
        {
            // As the real one: a list says once what is in it.
            item.Remove("kind");
            item.Remove("apiVersion");
        }

        return new JsonObject
        {
            ["kind"] = $"{type.Kind}List",
            ["apiVersion"] = type.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = Text(store.Version) },
            ["items"] = new JsonArray([.. items]),
        };
    }

    private JsonObject Scale(HttpRequest request, ResourceType type, string space, string name, JsonNode? body)
    {
        var item = request.Method switch
        {
            "GET" => store.Get(type, space, name),
            "PUT" => store.Update(type, space, name, there => With(there, (long)body!["spec"]!["replicas"]!)),
            "PATCH" => store.Update(type, space, name, there => With(there, (long)Patches.Apply(request.ContentType?.Split(';')[0], ScaleOf(there), body!)["spec"]!["replicas"]!)),
            _ => throw new ApiFault(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        };
        return ScaleOf(item);

        static JsonObject With(JsonObject there, long replicas)
        {
            there["spec"]!["replicas"] = replicas;
            return there;
        }
    }

    private static JsonObject ScaleOf(JsonObject item)
    {
        var metadata = (JsonObject)item["metadata"]!;
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = new JsonObject(MetadataOfScale.Select(n => KeyValuePair.Create(n, metadata[n]?.DeepClone()))),
            ["spec"] = new JsonObject { ["replicas"] = item["spec"]!["replicas"]?.DeepClone() },
            ["status"] = new JsonObject { ["replicas"] = item["status"]?["replicas"]?.DeepClone() ?? 0 },
        };
    }

    private async Task WatchAsync(HttpContext context, ResourceType type, string? space)
    {
        context.Response.ContentType = "application/json";
        var seen = long.TryParse(context.Request.Query["resourceVersion"], System.Globalization.CultureInfo.InvariantCulture, out var from) ? from : store.Version;
        await context.Response.StartAsync(context.RequestAborted);
        while (true)
        {
            var changed = store.Changed;
            foreach (var happening in store.Since(seen))
            {
                seen = happening.Version;
                if (happening.Of == type && (space is null || happening.Namespace == space)
                    && Selector.Matches(context.Request.Query["labelSelector"], context.Request.Query["fieldSelector"], happening.Object))
                {
                    var line = new JsonObject { ["type"] = happening.Type, ["object"] = happening.Object.DeepClone() };
                    await context.Response.WriteAsync(line.ToJsonString() + "\n", context.RequestAborted);
                }
            }

            await context.Response.Body.FlushAsync(context.RequestAborted);
            await changed.WaitAsync(context.RequestAborted);
        }
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
