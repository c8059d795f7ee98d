using System.Text;
using System.Text.Json;
using OrleansHealing.Dashboard.OpenApi;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Api;

/// <summary>
/// Every fault that there is, sent to every route that could have it: a 4xx with a sentence in problem+json, never a 500, and nothing
/// is changed. The routes are those of the description, so that a new one is tried as well.
/// </summary>
public sealed class MalformedMatrixTests(MalformedMatrixTests.SharedHost shared) : IClassFixture<MalformedMatrixTests.SharedHost>
{
    private const string Key = "0123456789abcdef";

    private static readonly Operation[] All = [.. Operations.All];

    private static readonly Operation[] WithBody = [.. All.Where(o => o.Body is not null)];

    private static readonly Dictionary<string, byte[]> Bodies = new()
    {
        ["no JSON"] = "{"u8.ToArray(),
        ["an array"] = "[]"u8.ToArray(),
        ["a number"] = "7"u8.ToArray(),
        ["a text"] = "\"restart\""u8.ToArray(),
        ["two values"] = "{}{}"u8.ToArray(),
        ["a comment"] = "{/* hi */}"u8.ToArray(),
        ["a trailing comma"] = "{\"reason\":\"x\",}"u8.ToArray(),
        ["a form"] = "reason=x&mode=exit"u8.ToArray(),
        ["an unknown member"] = "{\"zzz\":1}"u8.ToArray(),
        ["a member of another case"] = "{\"Reason\":\"x\",\"ID\":\"a\",\"Mode\":\"exit\"}"u8.ToArray(),
        ["half a surrogate pair"] = "{\"\\ud800\":1}"u8.ToArray(),
        ["bytes that are no UTF-8"] = [.. "{\"reason\":\""u8, 0xC3, 0x28, .. "\"}"u8],
        ["UTF-16"] = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}")],
        ["a zero byte"] = [.. "{}"u8, 0],
        ["deep nesting"] = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 60)) + "1" + new string('}', 60)),
        ["very deep nesting"] = Encoding.UTF8.GetBytes(new string('[', 30_000)),
        ["members given twice"] = "{\"reason\":\"a\",\"reason\":\"b\",\"mode\":\"exit\",\"mode\":\"hang\",\"incarnation\":1,\"incarnation\":2,\"all\":true,\"all\":true,\"id\":\"a\",\"id\":\"b\",\"apiKey\":\"a\",\"apiKey\":\"b\",\"ids\":[],\"ids\":[]}"u8.ToArray(),
        ["members of wrong types"] = "{\"reason\":{},\"mode\":[],\"incarnation\":\"1\",\"all\":\"yes\",\"id\":7,\"kind\":true,\"apiKey\":{},\"ids\":\"a\",\"command\":1,\"forSeconds\":\"1h\"}"u8.ToArray(),
        ["numbers out of range"] = "{\"incarnation\":1e400,\"forSeconds\":-1,\"expectedSilenceSeconds\":-1,\"mode\":0,\"id\":0,\"all\":0,\"reason\":0,\"apiKey\":0,\"command\":0}"u8.ToArray(),
    };

    private const string Huge = "more than is read of any body";
    private static readonly byte[] HugeBody = [.. Enumerable.Repeat((byte)' ', 1100 * 1024), .. "{}"u8];

    private static readonly string[] OtherMethods = ["PUT", "PATCH", "OPTIONS", "HEALED"];

    private static readonly string[] Lists = ["agents", "actions"];

    private static readonly string[] Nowhere =
    [
        "/api", "/api/", "/api/v1", "/api/v1/", "/api/v1/agents/a/../../x", "/api/v1/agents//restart", "/api/v1//agents", "/api/v2/agents", "/api/v1/agents/a/restart/now",
        "/api/v1/agents/%2e%2e/x", "/api/v1/AGENT", "/api/v1/actions//explanation", "/api/v1/session/x",
    ];

    private static readonly string[] Ids =
    [
        "%20", "-a", "_", "a%20b", "a%2Fb", "..%2F..%2Fetc%2Fpasswd", "%2e%2e%2fx", "a%0Ab", "a%0D%0AX-Evil%3A1", "a%23b", "a%3Fb", "%E2%80%AE", "%F0%9F%92%A3",
        "a%25b", "%3Cscript%3E", "a;b", "a,b", "a'b", "a%22b", "a*", "~a", "a%5Cb", "%C3%28", new string('a', 129),
    ];

    private static readonly string[] ContentTypes =
        ["", "text/plain", "application/xml", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "*/*"];

    private static readonly string[] Queries = ["?zzz=1", "?=1", "?%00=1", "?limit=1&limit=2&zzz", "?" + "%5B%5D=1"];

    private static readonly string[] Cursors = ["%00", "a%20b", "%C3%A9", "%0A", "..%2F", "\u2028", new string('a', 300), "%F0%9F%92%A3", "%22", "_a"];

    /// <summary>What is wrong, method, path, body by its name, content type, a header, and the statuses that are right.</summary>
    public static TheoryData<string, string, string, string?, string?, string?, string> Requests { get; } = Build();

    [Fact]
    public void Requests_ThatAreTried_AreHundreds() => Assert.InRange(Requests.Count, 700, 5000);

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Send_AnythingMalformed_IsRefusedInWordsAndChangesNothing(
        string fault, string method, string path, string? body, string? type, string? header, string expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body is Huge ? HugeBody : Bodies.GetValueOrDefault(body) ?? Encoding.UTF8.GetBytes(body));
            if (type is { Length: > 0 })
            {
                Assert.True(request.Content.Headers.TryAddWithoutValidation("Content-Type", type));
            }
        }

        if (header != "no key")
        {
            request.Headers.Add("X-Api-Key", Key);
        }

        if (header?.Split(": ") is [var name, var value])
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        var response = await shared.Api.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected.Split(' ').Contains($"{(int)response.StatusCode}"), $"{fault}: {(int)response.StatusCode}, not {expected}: {answer}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        using var problem = JsonDocument.Parse(answer);
        Assert.Equal((int)response.StatusCode, problem.RootElement.GetProperty("status").GetInt32());
        Assert.EndsWith(".", problem.RootElement.GetProperty("detail").GetString()!.TrimEnd(')'), StringComparison.Ordinal);
        Assert.InRange(answer.Length, 40, 20_000);
        Assert.Empty(shared.Api.Fleet.Orders);
        Assert.DoesNotContain(shared.Api.Log.All, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    private static TheoryData<string, string, string, string?, string?, string?, string> Build()
    {
        const string Json = "application/json";
        var data = new TheoryData<string, string, string, string?, string?, string?, string>();
        foreach (var o in WithBody)
        {
            foreach (var body in Bodies.Keys)
            {
                data.Add(body, o.Method, PathOf(o), body, Json, null, "400");
            }

            data.Add("more than is allowed", o.Method, PathOf(o), Huge, Json, null, "413");
            data.Add("chunks of more than is allowed", o.Method, PathOf(o), Huge, Json, "Transfer-Encoding: chunked", "413");
            foreach (var type in ContentTypes)
            {
                data.Add($"content type '{type}'", o.Method, PathOf(o), """{"reason":"x"}""", type, null, "415");
            }
        }

        foreach (var o in All)
        {
            foreach (var query in Queries)
            {
                data.Add($"query {query}", o.Method, PathOf(o) + query, null, null, null, "400");
            }

            foreach (var method in OtherMethods.Where(m => !All.Any(other => other.Path == o.Path && other.Method == m)))
            {
                data.Add("wrong method", method, PathOf(o), null, null, null, "405");
            }

            data.Add("a foreign host", o.Method, PathOf(o), null, null, "Host: evil.example", "403");
            if (!o.IsOpen)
            {
                data.Add("no key", o.Method, PathOf(o), "{}", Json, "no key", "401");
                data.Add("a key twice", o.Method, PathOf(o), "{}", Json, $"X-Api-Key: {Key}", "401");
            }

            if (o.IsWrite)
            {
                data.Add("a foreign origin", o.Method, PathOf(o), "{}", Json, "Origin: http://evil.example", "403");
                data.Add("a foreign frame", o.Method, PathOf(o), "{}", Json, "Sec-Fetch-Site: cross-site", "403");
            }

            foreach (var id in o.Path.Contains("/agents/{id}", StringComparison.Ordinal) ? Ids : [])
            {
                data.Add($"id {id}", o.Method, o.Path.Replace("{id}", id, StringComparison.Ordinal), o.Body is null ? null : "{}", Json, null, "400 404");
            }
        }

        foreach (var (path, cursor) in Lists.SelectMany(p => Cursors.Select(c => (p, c))))
        {
            data.Add($"cursor {cursor}", "GET", $"/api/v1/{path}?cursor={cursor}", null, null, null, "400");
        }

        foreach (var path in Nowhere)
        {
            data.Add("a path that leads nowhere", "GET", path, null, null, null, "400 404");
            data.Add("a path that leads nowhere", "POST", path, "{}", Json, null, "400 404 405");
        }

        return data;
    }

    private static string PathOf(Operation operation) => operation.Path
        .Replace("{id}", operation.Path.Contains("/actions/", StringComparison.Ordinal) ? "02" : "a-1", StringComparison.Ordinal)
        .Replace("{name}", "silo-1", StringComparison.Ordinal);

    public sealed class SharedHost : IAsyncLifetime
    {
        public ApiHost Api { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Api = await ApiHost.StartAsync(options => options.ApiKeys.Add($"ada:{Key}"));

        public ValueTask DisposeAsync() => Api.DisposeAsync();
    }
}
