using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Dashboard.Input;

namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>Serves the description of the API.</summary>
internal static class DescriptionRoute
{
    private const string Route = "/openapi/v1.json";

    private static readonly Lazy<JsonObject> Document = new(ApiDescription.Create);

    /// <summary>It is shown as text and stands in no page, so that quotes need no escape.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void MapDescription(this GuardedRoutes open)
    {
        open.Get(Route, http =>
        {
            new QueryReader(http.Request).ThrowIfWrong();
            var document = (JsonObject)Document.Value.DeepClone();
            document["servers"]![0]!["url"] = MountPath.Of(http.Request, Route);
            return Task.FromResult<IResult>(TypedResults.Text(document.ToJsonString(Plain), "application/json"));
        }).ExcludeFromDescription();
        open.RefuseOtherMethods(Route, "GET");
    }
}
