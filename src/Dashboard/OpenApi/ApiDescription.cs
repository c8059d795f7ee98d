using System.Reflection;
using System.Text.Json.Nodes;

namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>The API as an OpenAPI 3.1 document.</summary>
internal static class ApiDescription
{
    private const string About =
        "Keeps long-running agents alive. A request that is not carried out is answered as problem+json with a sentence in `detail` and "
        + "every fault by name in `errors`. Times are ISO-8601 in UTC, durations seconds. Where keys are configured, every route but "
        + "`/api/v1/session` needs one.";

    /// <summary>What every route may answer, those that are open but for the first.</summary>
    private static readonly (int Status, string Name, string Text)[] Problems =
    [
        (400, "BadRequest", "The request is wrong; `errors` names every fault."),
        (401, "Unauthorized", "No key, or a wrong one."),
        (403, "Forbidden", "A foreign host, a write from a page of another site, or a write to a read-only API."),
        (404, "NotFound", "There is no such thing."),
        (409, "Conflict", "It is not in a state for this."),
        (412, "PreconditionFailed", "The agent is at another incarnation; nothing was done."),
        (413, "ContentTooLarge", "The body is too large."),
        (415, "UnsupportedMediaType", "The body must be application/json in UTF-8."),
        (429, "TooManyRequests", "More writes than one caller may send, or too many wrong keys; `Retry-After` says when to come back."),
        (500, "InternalServerError", "It failed for a reason that is in the silo's log."),
        (503, "ServiceUnavailable", "The cluster or its store is out of reach; an order may or may not have been carried out."),
    ];

    public static JsonObject Create() => new()
    {
        ["openapi"] = "3.1.1",
        ["info"] = new JsonObject
        {
            ["title"] = "OrleansHealing",
            ["version"] = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3),
            ["description"] = About,
            ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
        ["security"] = new JsonArray(Require("bearer"), Require("header"), Require("session")),
        ["tags"] = new JsonArray([.. Operations.All.Select(o => o.Tag).Distinct().Select(t => new JsonObject { ["name"] = t })]),
        ["paths"] = new JsonObject(Operations.All.GroupBy(o => o.Path).Select(path => KeyValuePair.Create(
            path.Key, (JsonNode?)new JsonObject(path.Select(o => KeyValuePair.Create(o.Method.ToLowerInvariant(), (JsonNode?)Describe(o))))))),
        ["components"] = new JsonObject
        {
            ["schemas"] = Schemas.All(),
            ["responses"] = new JsonObject(Problems.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Refusal(p.Status, p.Text)))),
            ["securitySchemes"] = new JsonObject
            {
                ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "The API key." },
                ["header"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key", ["description"] = "The API key." },
                ["session"] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = Access.SessionCookie.Name, ["description"] = "What signing in answers with." },
            },
        },
    };

    private static JsonObject Require(string scheme) => new() { [scheme] = new JsonArray() };

    private static JsonObject Describe(Operation operation)
    {
        var description = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["tags"] = new JsonArray(operation.Tag),
            ["summary"] = operation.Summary,
        };
        if (operation.Description is { } more)
        {
            description["description"] = more;
        }

        Parameter[] parameters = operation.IsTagged ? [.. operation.Parameters, Parameters.IfNoneMatch] : [.. operation.Parameters];
        if (parameters.Length > 0)
        {
            description["parameters"] = new JsonArray([.. parameters.Select(Describe)]);
        }

        if (operation.Body is { } body)
        {
            description["requestBody"] = new JsonObject { ["required"] = !operation.IsBodyOptional, ["content"] = Describe(body) };
        }

        description["responses"] = Responses(operation);
        if (operation.IsOpen)
        {
            description["security"] = new JsonArray();
        }

        return description;
    }

    private static JsonObject Responses(Operation operation)
    {
        var success = new JsonObject { ["description"] = operation.Summary };
        if (operation.Answer is { } answer)
        {
            success["content"] = Describe(answer);
        }

        if (operation.IsTagged)
        {
            success["headers"] = new JsonObject { ["ETag"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } };
        }

        var responses = new JsonObject { [$"{operation.Status}"] = success };
        if (operation.IsTagged)
        {
            responses["304"] = new JsonObject { ["description"] = "The same as the caller has." };
        }

        IEnumerable<int> usual = [400, 403, 500, .. operation.IsOpen ? Array.Empty<int>() : [401, 503], .. operation.IsWrite && !operation.IsOpen ? [429] : Array.Empty<int>(), .. operation.Body is null ? Array.Empty<int>() : [413, 415]];
        foreach (var status in usual.Concat(operation.Problems).Distinct().Order())
        {
            responses[$"{status}"] = new JsonObject { ["$ref"] = $"#/components/responses/{Problems.Single(p => p.Status == status).Name}" };
        }

        return responses;
    }

    private static JsonObject Refusal(int status, string text)
    {
        var response = new JsonObject
        {
            ["description"] = text,
            ["content"] = Describe(new Content("Problem") { Type = "application/problem+json" }),
        };
        var header = status switch { 401 => "WWW-Authenticate", 429 or 503 => "Retry-After", _ => null };
        if (header is not null)
        {
            response["headers"] = new JsonObject { [header] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } };
        }

        return response;
    }

    private static JsonObject Describe(Parameter parameter)
    {
        var description = new JsonObject
        {
            ["name"] = parameter.Name,
            ["in"] = parameter.In,
            ["required"] = parameter.IsRequired,
            ["description"] = parameter.Description,
            ["schema"] = JsonNode.Parse(parameter.Schema),
        };
        if (parameter.Example is { } example)
        {
            description["example"] = JsonNode.Parse(example);
        }

        return description;
    }

    private static JsonObject Describe(Content content)
    {
        var media = new JsonObject { ["schema"] = Schemas.RefTo(content.Schema) };
        if (content.Examples.Length > 0)
        {
            media["examples"] = new JsonObject(content.Examples.Select((example, i) => KeyValuePair.Create(
                $"example{i + 1}", (JsonNode?)new JsonObject { ["value"] = JsonNode.Parse(example) })));
        }

        return new JsonObject { [content.Type] = media };
    }
}
