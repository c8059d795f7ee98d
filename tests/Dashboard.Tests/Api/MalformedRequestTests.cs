using System.Text;
using System.Text.Json;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Api;

/// <summary>Whatever is sent: the right 4xx with the thing and the rule, and nothing is changed.</summary>
public sealed class MalformedRequestTests(MalformedRequestTests.SharedHost shared) : IClassFixture<MalformedRequestTests.SharedHost>
{
    private const string Agents = "/api/v1/agents";

    /// <summary>Method, path, body, status, and what the detail says.</summary>
    public static TheoryData<string, string, string?, int, string> Requests { get; } = new()
    {
        // The body as a whole.
        { "POST", Agents, null, 400, "body must be a JSON object (it is empty)" },
        { "POST", Agents, "", 400, "body must be a JSON object (it is empty)" },
        { "POST", Agents, " ", 400, "body must be one JSON value (line 1, byte 2" },
        { "POST", Agents, "{", 400, "body must be one JSON value (line 1, byte 2" },
        { "POST", Agents, "{\n\"id\": }", 400, "line 2, byte 7" },
        { "POST", Agents, "{'id':'a'}", 400, "body must be one JSON value (line 1, byte 2" },
        { "POST", Agents, "id=a&kind=b", 400, "body must be one JSON value (line 1, byte 1" },
        { "POST", Agents, """{"id":"a","kind":"b",}""", 400, "trailing comma" },
        { "POST", Agents, """{"id":"a","kind":"b"} x""", 400, "body must be one JSON value" },
        { "POST", Agents, """{"id":"a","kind":"b"}{}""", 400, "body must be one JSON value" },
        { "POST", Agents, """/* hi */ {"id":"a","kind":"b"}""", 400, "body must be one JSON value" },
        { "POST", Agents, "NaN", 400, "body must be one JSON value" },
        { "POST", Agents, "null", 400, "body must be a JSON object (it is null)" },
        { "POST", Agents, "[]", 400, "body must be a JSON object (it is an array)" },
        { "POST", Agents, "\"a\"", 400, "body must be a JSON object (it is the text 'a')" },
        { "POST", Agents, "7", 400, "body must be a JSON object (it is 7)" },
        { "POST", Agents, "true", 400, "body must be a JSON object (it is true)" },
        { "POST", Agents, "{}", 400, "id is required; kind is required." },
        { "POST", Agents, $$$"""{"id":"a","kind":"b","settings":{{{string.Concat(Enumerable.Repeat("{\"a\":", 40))}}}1{{{new string('}', 40)}}}}""", 400, "depth of 32" },

        // Its members.
        { "POST", Agents, """{"kind":"b"}""", 400, "id is required." },
        { "POST", Agents, """{"id":"a"}""", 400, "kind is required." },
        { "POST", Agents, """{"id":null,"kind":"b"}""", 400, "id must be text (it is null)" },
        { "POST", Agents, """{"id":7,"kind":"b"}""", 400, "id must be text (it is 7)" },
        { "POST", Agents, """{"id":"","kind":"b"}""", 400, "id must be 1 to 128 characters out of" },
        { "POST", Agents, """{"id":"a b","kind":"b"}""", 400, "(it is 'a b')" },
        { "POST", Agents, """{"id":"a#1","kind":"b"}""", 400, "id must be 1 to 128 characters" },
        { "POST", Agents, """{"id":"../x","kind":"b"}""", 400, "start with a letter or a digit (it is '../x')" },
        { "POST", Agents, """{"id":"é","kind":"b"}""", 400, "id must be 1 to 128 characters" },
        { "POST", Agents, """{"id":"\ud800","kind":"b"}""", 400, "id must be text (it is no valid Unicode)" },
        { "POST", Agents, $$"""{"id":"{{new string('a', 129)}}","kind":"b"}""", 400, "id must be 1 to 128 characters" },
        { "POST", Agents, """{"id":"a","kind":""}""", 400, "kind must name a kind (it is empty)" },
        { "POST", Agents, """{"id":"a","kind":{}}""", 400, "kind must be text (it is an object)" },
        { "POST", Agents, $$"""{"id":"a","kind":"{{new string('k', 200)}}"}""", 400, "kind must be at most 64 characters (it is 200)" },
        { "POST", Agents, """{"id":"a","kind":"b","Policy":{}}""", 400, "Policy is unknown (known: id, kind, settings, labels, policy, group)" },
        { "POST", Agents, """{"id":"a","kind":"b","a.b c":1}""", 400, "['a.b c'] is unknown" },
        { "POST", Agents, """{"id":"a","kind":"b","\ud800":1}""", 400, "body has a member whose name is no valid Unicode" },
        { "POST", Agents, """{"id":"a","id":"c","kind":"b"}""", 400, "id must be given once" },
        { "POST", Agents, """{"id":"a","kind":"b","settings":[]}""", 400, "settings must be a JSON object (it is an array)" },
        { "POST", Agents, """{"id":"a","kind":"b","settings":{"x":{"y":1,"y":2}}}""", 400, "settings.x.y must be given once" },
        { "POST", Agents, """{"id":"a","kind":"b","settings":{"x":["\udc00"]}}""", 400, "settings.x[0] must be text (it is no valid Unicode)" },
        { "POST", Agents, """{"id":"a","kind":"b","labels":"x"}""", 400, "labels must be a JSON object (it is the text 'x')" },
        { "POST", Agents, """{"id":"a","kind":"b","labels":{"team":7}}""", 400, "labels.team must be text (it is 7)" },
        { "POST", Agents, """{"id":"a","kind":"b","labels":{"team":null}}""", 400, "labels.team must be text (it is null)" },
        { "POST", Agents, """{"id":"a","kind":"b","labels":{"t":"x","t":"y"}}""", 400, "labels.t must be given once" },
        { "POST", Agents, """{"id":"a","kind":"b","policy":7}""", 400, "policy must be a JSON object (it is 7)" },
        { "POST", Agents, """{"id":"a","kind":"b","policy":{"restart":"always"}}""", 400, "policy.restart must be one of permanent, transient, temporary (it is 'always')" },
        { "POST", Agents, """{"id":"a","kind":"b","policy":{"restart":0}}""", 400, "policy.restart must be text (it is 0)" },
        { "POST", Agents, """{"id":"a","kind":"b","policy":{"maxRestarts":1.5}}""", 400, "policy.maxRestarts must be a whole number (it is 1.5)" },
        { "POST", Agents, """{"id":"a","kind":"b","policy":{"maxRestarts":99999999999}}""", 400, "policy.maxRestarts must be a whole number" },
        { "POST", Agents, """{"id":"a","kind":"b","policy":{"timeoutSeconds":"5"}}""", 400, "policy.timeoutSeconds must be a number (it is the text '5')" },
        { "POST", Agents, """{"id":"a","kind":"b","policy":{"timeoutSeconds":1e999}}""", 400, "policy.timeoutSeconds must be a number (it is 1e999)" },
        { "POST", Agents, """{"id":"a","kind":"b","policy":{"timeout":5}}""", 400, "policy.timeout is unknown (known: restart, maxRestarts" },
        { "POST", Agents, """{"id":"a","kind":"b","policy":{"backoff":{"factor":true}}}""", 400, "policy.backoff.factor must be a number (it is true)" },
        { "POST", Agents, """{"id":"a","kind":"b","policy":{"backoff":{"base":1}}}""", 400, "policy.backoff.base is unknown" },
        { "POST", Agents, """{"id":"a b","x":1,"labels":{"t":1},"policy":{"maxRestarts":0,"backoff":{"factor":0}}}""", 400, "policy.maxRestarts must be 1 to 1,000,000 (it is 0); policy.backoff.factor must be 1 to 100 (it is 0)." },
        { "POST", Agents + "?dry=1", """{"id":"a","kind":"b"}""", 400, "dry is unknown (no parameter is taken)" },

        // Orders.
        { "POST", Agents + "/a/crash", null, 400, "body must be a JSON object (it is empty)" },
        { "POST", Agents + "/a/crash", "{}", 400, "mode is required." },
        { "POST", Agents + "/a/crash", """{"mode":"boom"}""", 400, "mode must be one of exception, hang, block, silent, exit (it is 'boom')" },
        { "POST", Agents + "/a/crash", """{"mode":"Exception"}""", 400, "mode must be one of" },
        { "POST", Agents + "/a/crash", """{"mode":0}""", 400, "mode must be text (it is 0)" },
        { "POST", Agents + "/a/crash", """{"mode":"exit","reason":"x"}""", 400, "reason is unknown (known: mode)" },
        { "POST", Agents + "/a/heartbeat", null, 400, "body must be a JSON object (it is empty)" },
        { "POST", Agents + "/a/heartbeat", "{}", 400, "incarnation is required." },
        { "POST", Agents + "/a/heartbeat", """{"incarnation":0,"expectedSilenceSeconds":-1,"progres":1}""", 400, "incarnation must be a whole number from 1 to 9007199254740992 (it is 0); expectedSilenceSeconds must be a number, 0 or more (it is -1); progres is unknown (known: incarnation, progress, expectedSilenceSeconds)." },
        { "POST", Agents + "/a/heartbeat", """{"incarnation":1.5,"expectedSilenceSeconds":"x","progress":{"a":1,"a":2}}""", 400, "progress.a must be given once" },
        { "POST", Agents + "/a/heartbeat", """{"incarnation":1,"progress":["\ud800"]}""", 400, "progress[0] must be text (it is no valid Unicode)" },
        { "GET", Agents + "/a/heartbeat", null, 405, "allowed: POST." },
        { "POST", Agents + "/a/pause", "[]", 400, "body must be a JSON object (it is an array)" },
        { "POST", Agents + "/a/pause", """{"reason":7}""", 400, "reason must be text (it is 7)" },
        { "POST", Agents + "/a/pause", """{"why":"x"}""", 400, "why is unknown (known: forSeconds, reason)" },
        { "POST", Agents + "/a/pause", """{"forSeconds":0}""", 400, "forSeconds must be a number over 0 and at most 31536000 (it is 0)" },
        { "POST", Agents + "/a/pause", """{"forSeconds":"2h"}""", 400, "forSeconds must be a number over 0 and at most 31536000 (it is the text '2h')" },
        { "POST", Agents + "/a/pause", """{"forSeconds":1e300,"reason":1}""", 400, "(it is 1e300); reason must be text (it is 1)" },
        { "POST", Agents + "/a/resume", """{"forSeconds":5}""", 400, "forSeconds is unknown (known: reason)" },
        { "POST", Agents + "/a/pause", $$"""{"reason":"{{new string('x', 501)}}"}""", 400, "reason must be at most 500 characters (it is 501)" },
        { "POST", Agents + "/a/explode", "{}", 404, "There is no POST /api/v1/agents/a/explode in this API." },

        // Standing orders.
        { "POST", "/api/v1/maintenance", null, 400, "body must be a JSON object (it is empty)" },
        { "POST", "/api/v1/maintenance", "{}", 400, "body must say who is meant: either \"all\": true or \"labels\" with at least one" },
        { "POST", "/api/v1/maintenance", """{"all":true,"labels":{"team":"x"}}""", 400, "body must say who is meant" },
        { "POST", "/api/v1/maintenance", """{"all":false,"labels":{"team":1},"forSeconds":-1,"why":""}""", 400, "all must be true (it is false); labels.team must be text (it is 1); forSeconds must be a number over 0" },
        { "DELETE", "/api/v1/maintenance", null, 400, "label must be given, or all=true, and not both" },
        { "DELETE", "/api/v1/maintenance?all=true&label=a%3Db", null, 400, "label must be given, or all=true, and not both" },
        { "DELETE", "/api/v1/maintenance?all=yes", null, 400, "all must be true (it is 'yes')" },
        { "DELETE", "/api/v1/maintenance?label=team", null, 400, "label must be NAME=VALUE (it is 'team')" },
        { "DELETE", "/api/v1/maintenance?label=a%3Db&label=a%3Dc", null, 400, "label must name a label once ('a' is there again)" },
        { "PUT", "/api/v1/maintenance", "{}", 405, "allowed: GET, POST, DELETE." },
        { "GET", "/api/v1/silos/silo-1/kill", null, 405, "allowed: POST." },
        { "POST", "/api/v1/silos/silo-1/kill", null, 403, "Silos can be killed in development only (HealingDashboardOptions.AllowKillingSilos" },
        { "POST", "/api/v1/silos/silo-1/kill?now", null, 400, "now is unknown (no parameter is taken)" },
        { "GET", "/api/v1/silos/silo-1/drain", null, 405, "allowed: POST, DELETE." },
        { "POST", "/api/v1/silos/silo-1/drain", """{"why":"x"}""", 400, "why is unknown (known: reason)" },
        { "DELETE", "/api/v1/silos/silo-1/drain?now", null, 400, "now is unknown (no parameter is taken)" },

        // Paths.
        { "GET", Agents + "/a%2Fb", null, 400, "id must be 1 to 128 characters out of" },
        { "GET", Agents + "/" + new string('a', 300), null, 400, "id must be 1 to 128 characters" },
        { "GET", Agents + "/-a", null, 400, "(it is '-a')" },
        { "GET", Agents + "/%20", null, 400, "id must be" },
        { "GET", Agents + "/%3Cscript%3E", null, 400, "id must be" },
        { "GET", Agents + "/..", null, 404, "There is no GET /api/v1" },
        { "GET", Agents + "/..%2F..%2Fetc", null, 400, "id must be" },
        { "GET", Agents + "/a/b", null, 404, "There is no GET /api/v1/agents/a/b" },
        { "DELETE", Agents + "/a%0Ab", null, 400, "(it is 'a?b')" },
        { "POST", Agents + "/a%2Fb/restart", null, 400, "id must be" },
        { "GET", "/api/v2/agents", null, 404, "There is no GET /api/v2/agents" },
        { "PUT", Agents, "{}", 405, "PUT is not allowed here; allowed: GET, POST." },
        { "PATCH", Agents + "/a", "{}", 405, "allowed: GET, DELETE." },
        { "GET", Agents + "/a/crash", null, 405, "allowed: POST." },
        { "POST", "/api/v1/overview", "{}", 405, "allowed: GET." },

        // Queries.
        { "GET", Agents + "?status=dead", null, 400, "status must be one of starting, healthy, stale, backing-off, restarting, quarantined, paused, stopped, completed (it is 'dead')" },
        { "GET", Agents + "?status=Healthy", null, 400, "status must be one of" },
        { "GET", Agents + "?status=healthy&status=stale", null, 400, "status must be given once (it is given 2 times)" },
        { "GET", Agents + "?limit=0", null, 400, "limit must be a whole number from 1 to 1000 (it is '0')" },
        { "GET", Agents + "?limit=1001", null, 400, "limit must be a whole number from 1 to 1000" },
        { "GET", Agents + "?limit=-1", null, 400, "limit must be" },
        { "GET", Agents + "?limit=1e2", null, 400, "limit must be" },
        { "GET", Agents + "?limit=99999999999999999999", null, 400, "limit must be" },
        { "GET", Agents + "?cursor=%00", null, 400, "cursor must be the nextCursor of the page before" },
        { "GET", Agents + "?search=" + new string('x', 257), null, 400, "search must be at most 256 characters (it is 257)" },
        { "GET", Agents + "?stauts=healthy", null, 400, "stauts is unknown (known: status, search, label, limit, cursor)" },
        { "GET", Agents + "?status=x&limit=x&cursor=%20", null, 400, "(it is 'x'); cursor must be" },
        { "GET", "/api/v1/actions?agent=a%20b", null, 400, "agent must be 1 to 128 characters" },
        { "GET", "/api/v1/actions?limit=none", null, 400, "limit must be a whole number from 1 to 1000 (it is 'none')" },
        { "GET", "/api/v1/events?agent=%23", null, 400, "agent must be 1 to 128 characters" },
        { "GET", "/api/v1/silos?x", null, 400, "x is unknown (no parameter is taken)" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Send_MalformedRequest_IsRefusedWithTheThingAndTheRule(string method, string path, string? body, int status, string fragment)
    {
        var (actual, answer, response) = await shared.Api.SendAsync(method, path, body);

        AssertProblem((int)actual, answer, response, status, fragment);
        Assert.Empty(shared.Api.Fleet.Orders);
    }

    [Theory]
    [InlineData(null, "Content-Type is missing")]
    [InlineData("text/plain", "Content-Type is 'text/plain'")]
    [InlineData("application/x-www-form-urlencoded", "must be application/json in UTF-8")]
    [InlineData("multipart/form-data; boundary=x", "must be application/json")]
    [InlineData("application/json; charset=utf-16", "must be application/json in UTF-8")]
    [InlineData("application/jsonx", "must be application/json")]
    [InlineData("nonsense", "must be application/json")]
    public async Task Send_BodyOfAnotherType_Answers415(string? type, string fragment)
    {
        foreach (var path in new[] { Agents, Agents + "/a/crash", Agents + "/a/pause" })
        {
            var (actual, answer, response) = await shared.Api.SendAsync("POST", path, """{"id":"a","kind":"b"}""", type);

            AssertProblem((int)actual, answer, response, 415, fragment);
        }

        Assert.Empty(shared.Api.Fleet.Orders);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_BodyOver64KiB_Answers413(bool isChunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Agents)
        {
            Content = new StringContent($$$"""{"id":"a","kind":"b","settings":{"x":"{{{new string('x', 64 * 1024)}}}"}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = isChunked;

        var response = await shared.Api.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        AssertProblem((int)response.StatusCode, answer, response, 413, "The body must be at most 65,536 bytes.");
        Assert.Empty(shared.Api.Fleet.Orders);
    }

    [Fact]
    public async Task Send_BytesThatAreNoUtf8_Answers400()
    {
        using var content = new ByteArrayContent([.. "{\"id\":\"a\",\"kind\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");

        var response = await shared.Api.Client.PostAsync(new Uri(Agents, UriKind.Relative), content, TestContext.Current.CancellationToken);

        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        AssertProblem((int)response.StatusCode, answer, response, 400, "bytes that are no UTF-8");
    }

    [Fact]
    public async Task Send_ThousandsOfFaults_NamesAsManyAsAPersonReads()
    {
        var members = string.Join(",", Enumerable.Range(0, 5000).Select(i => $"\"m{i}\":1"));

        var (status, answer, response) = await shared.Api.SendAsync("POST", Agents, $"{{{members}}}");

        AssertProblem((int)status, answer, response, 400, "body has more faults than these 50");
        Assert.True(answer.Length < 20_000, $"The answer has {answer.Length} characters.");
    }

    private static void AssertProblem(int actual, string answer, HttpResponseMessage response, int status, string fragment)
    {
        Assert.True(actual == status, $"{actual}, not {status}: {answer}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        using var problem = JsonDocument.Parse(answer);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Contains(fragment, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(status is 400, problem.RootElement.TryGetProperty("errors", out var errors) && errors.EnumerateObject().Any());
    }

    public sealed class SharedHost : IAsyncLifetime
    {
        public ApiHost Api { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Api = await ApiHost.StartAsync();

        public ValueTask DisposeAsync() => Api.DisposeAsync();
    }
}
