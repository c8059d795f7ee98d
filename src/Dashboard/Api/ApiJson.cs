using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Dashboard.Api;

/// <summary>Answers in the JSON of the contract, whatever JSON options the app has for itself.</summary>
internal static class ApiJson
{
    public static IResult Ok<T>(T value, JsonTypeInfo<T> type) => TypedResults.Json(value, type);

    /// <summary>With an <c>ETag</c>, for what is polled.</summary>
    public static IResult Tagged<T>(T value, JsonTypeInfo<T> type) => new TaggedJson<T>(value, type);

    public static IResult Page<T>(IReadOnlyList<T> items, JsonTypeInfo<Page<T>> type) => Tagged(new Page<T>(items, null), type);

    public static IResult Created(HttpContext http, AgentView agent)
    {
        http.Response.Headers.Location = $"{http.Request.PathBase}/api/v1/agents/{agent.Id}";
        return TypedResults.Json(agent, HealingJson.Default.AgentView, statusCode: StatusCodes.Status201Created);
    }
}
