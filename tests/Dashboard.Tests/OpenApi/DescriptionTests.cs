using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>The description is valid, and says of the real routes neither too much nor too little.</summary>
public sealed class DescriptionTests(DescriptionTests.SharedHost shared) : IClassFixture<DescriptionTests.SharedHost>
{
    private const string Key = "0123456789abcdef";
    private static readonly string[] IdsInExamples = ["{id}", "{name}"];

    private ApiHost Api => shared.Api;

    public static TheoryData<string> Ids { get; } = [.. Operations.All.Select(o => o.Id)];

    public static TheoryData<string> IdsWithBody { get; } = [.. Operations.All.Where(o => o.Body is not null).Select(o => o.Id)];

    [Fact]
    public async Task Document_IsValidOpenApi()
    {
        var read = OpenApiDocument.Parse(await TextAsync(), "json");

        Assert.Empty(read.Diagnostic!.Errors.Select(e => e.ToString()));
        Assert.Empty(read.Diagnostic.Warnings.Select(e => e.ToString()));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.Equal(Operations.All.Count, read.Document!.Paths.Values.Sum(p => p.Operations!.Count));
    }

    [Fact]
    public void Routes_ThatAreMapped_AreThoseDescribed()
    {
        var mapped = Api.Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText}"));

        Assert.Equal(Operations.All.Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal), mapped.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ids_OfOperations_AreThereOnce() => Assert.Equal(Operations.All.Count, Operations.All.Select(o => o.Id).Distinct().Count());

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Queries_ThatAreDescribed_AreThoseThatAreTaken(string id)
    {
        var operation = Of(id);

        var (status, body, _) = await Api.SendAsync(operation.Method, PathOf(operation) + "?zzz=1", headers: ("X-Api-Key", Key));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        using var problem = JsonDocument.Parse(body);
        var rule = problem.RootElement.GetProperty("errors").GetProperty("zzz")[0].GetString()!;
        var known = rule.Contains("no parameter", StringComparison.Ordinal) ? [] : KnownIn(rule);
        Assert.Equal(operation.Parameters.Where(p => p.In is "query").Select(p => p.Name).Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
        Assert.Equal(
            IdsInExamples.Where(p => operation.Path.Contains(p, StringComparison.Ordinal)).Select(p => p.Trim('{', '}')),
            operation.Parameters.Where(p => p.In is "path").Select(p => p.Name));
    }

    [Theory]
    [MemberData(nameof(IdsWithBody))]
    public async Task Members_ThatAreDescribed_AreThoseThatAreTaken(string id)
    {
        var operation = Of(id);
        var (document, checker) = await ReadAsync();
        var schema = document["paths"]![operation.Path]![operation.Method.ToLowerInvariant()]!["requestBody"]!["content"]!["application/json"]!["schema"]!;

        var (status, body, _) = await Api.SendAsync(operation.Method, PathOf(operation), """{"zzz":1}""", headers: ("X-Api-Key", Key));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        using var problem = JsonDocument.Parse(body);
        var errors = problem.RootElement.GetProperty("errors");
        Assert.Equal(
            KnownIn(errors.GetProperty("zzz")[0].GetString()!).Order(StringComparer.Ordinal), checker.Members(schema).Order(StringComparer.Ordinal));
        Assert.Equal(
            errors.EnumerateObject().Where(e => e.Value[0].GetString() is "is required").Select(e => e.Name),
            document["components"]!["schemas"]![((string)schema["$ref"]!).Split('/')[^1]]!["required"]?.AsArray().Select(r => (string)r!) ?? []);
    }

    [Theory]
    [MemberData(nameof(IdsWithBody))]
    public async Task Examples_OfRequests_FitTheirSchemaAndAreCarriedOut(string id)
    {
        var operation = Of(id);
        var (_, checker) = await ReadAsync();
        foreach (var example in operation.Body!.Examples)
        {
            Assert.Empty(checker.Faults(JsonNode.Parse(example), Schemas.RefTo(operation.Body.Schema)));

            // The fleet of these tests has one agent.
            var (status, body, _) = await Api.SendAsync(operation.Method, PathOf(operation), example.Replace("reader-1", "a-1", StringComparison.Ordinal), headers: ("X-Api-Key", Key));

            Assert.True((int)status == operation.Status, $"{example} is answered with {status}: {body}");
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Examples_OfAnswers_FitTheirSchemaAndCanBeRead(string id)
    {
        var (_, checker) = await ReadAsync();
        if (Of(id).Answer is { } answer)
        {
            Assert.True(answer.Examples.Length > 0 || answer.Type is not "application/json", $"{id} has no example of its answer.");
            foreach (var example in answer.Examples)
            {
                Assert.Empty(checker.Faults(JsonNode.Parse(example), Schemas.RefTo(answer.Schema)));
                Assert.NotNull(JsonSerializer.Deserialize(example, Schemas.Answers[answer.Schema]));
            }
        }
    }

    [Fact]
    public async Task Answers_OfTheRealRoutes_FitTheirSchema()
    {
        var (_, checker) = await ReadAsync();
        foreach (var operation in Operations.All.Where(o => o is { Method: "GET", Answer.Type: "application/json" }))
        {
            var (status, body, _) = await Api.SendAsync("GET", PathOf(operation) + QueryOf(operation), headers: ("X-Api-Key", Key));

            Assert.Equal((operation.Id, HttpStatusCode.OK), (operation.Id, status));
            Assert.Empty(checker.Faults(JsonNode.Parse(body), Schemas.RefTo(operation.Answer!.Schema)).Select(f => $"{operation.Id}: {f}"));
        }

        var (_, problem, _) = await Api.SendAsync("GET", "/api/v1/agents?limit=0", headers: ("X-Api-Key", Key));
        Assert.Empty(checker.Faults(JsonNode.Parse(problem), Schemas.RefTo("Problem")));
    }

    [Fact]
    public async Task Document_BelowAPath_NamesItAsTheServer()
    {
        await using var api = await ApiHost.StartAsync(map: app => app.MapGroup("/ops/fleet").MapHealing());

        var (_, body, _) = await api.SendAsync("GET", "/ops/fleet/openapi/v1.json");

        Assert.Equal("/ops/fleet", (string?)JsonNode.Parse(body)!["servers"]![0]!["url"]);
    }

    private static Operation Of(string id) => Operations.All.Single(o => o.Id == id);

    private static string PathOf(Operation operation) => operation.Path
        .Replace("{id}", operation.Path.Contains("/actions/", StringComparison.Ordinal) ? "02" : "a-1", StringComparison.Ordinal)
        .Replace("{name}", "silo-1", StringComparison.Ordinal);

    private static string QueryOf(Operation operation) => string.Join('&', operation.Parameters.Where(p => p is { In: "query", IsRequired: true })
        .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name}={p.Example}"))) is { Length: > 0 } query ? $"?{query}" : "";

    private static string[] KnownIn(string rule) => rule.Split("known: ")[1].TrimEnd(')').Split(", ");

    private async Task<string> TextAsync()
    {
        var (status, body, response) = await Api.SendAsync("GET", "/openapi/v1.json");
        Assert.True(status is HttpStatusCode.OK, Api.Log.All.LastOrDefault(l => l.StartsWith("Error", StringComparison.Ordinal)));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return body;
    }

    private async Task<(JsonNode Document, SchemaChecker Checker)> ReadAsync()
    {
        var document = JsonNode.Parse(await TextAsync())!;
        return (document, new SchemaChecker(document));
    }

    public sealed class SharedHost : IAsyncLifetime
    {
        public ApiHost Api { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Api = await ApiHost.StartAsync(options => options.ApiKeys.Add($"ada:{Key}"));

        public ValueTask DisposeAsync() => Api.DisposeAsync();
    }
}
