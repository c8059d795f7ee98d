using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using OrleansHealing.Dashboard.Support;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

public sealed class OrderTests : ApiTest
{
    [Fact]
    public async Task Post_Definition_SpawnsAndAnswersTheAgent()
    {
        var (status, body, response) = await Api.SendAsync(
            "POST", "/api/v1/agents", """{"id":"a-1","kind":"data-processing","settings":{"path":"/x","deep":[{"a":1}]},"labels":null,"policy":{"backoff":{"factor":3}}}""");

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal("/api/v1/agents/a-1", response.Headers.Location?.ToString());
        Assert.StartsWith("""{"id":"a-1","kind":"data-processing","status":"backing-off",""", body, StringComparison.Ordinal);
        Assert.Equal(["""spawn a-1 data-processing {"path":"/x","deep":[{"a":1}]} by http:127.0.0.1"""], Fleet.Orders);
    }

    [Fact]
    public async Task Kill_OfASiloWhereItIsAllowed_IsOrdered()
    {
        await using var api = await ApiHost.StartAsync(options => options.AllowKillingSilos = true);

        var (status, body, _) = await api.SendAsync("POST", "/api/v1/silos/silo-1/kill");

        Assert.Equal((HttpStatusCode.OK, """{"message":"It is done.","incarnation":8}"""), (status, body));
        Assert.Equal(["kill silo-1 by http:127.0.0.1"], api.Fleet.Orders);
    }

    [Fact]
    public async Task Post_DefinitionThatTheFleetRefuses_NamesEveryFault()
    {
        Fleet.Result = CommandResult.Invalid([new Fault("kind", "is unknown"), new Fault("settings.path", "is required"), new Fault("settings.path", "must be a file")]);

        var (status, body, _) = await Api.SendAsync("POST", "/api/v1/agents", """{"id":"a-1","kind":"x"}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(
            """{"status":400,"title":"Bad Request","detail":"kind is unknown; settings.path is required; settings.path must be a file.","errors":{"kind":["is unknown"],"settings.path":["is required","must be a file"]}}""",
            body);
    }

    /// <summary>Some faults are of the shape, some of the rules that are the same everywhere, one only the fleet knows.</summary>
    [Fact]
    public async Task Post_DefinitionThatIsWrongInEveryWay_NamesEveryFaultAtOnce()
    {
        Fleet.Faults.AddRange([new Fault("kind", "must be a registered kind (it is 'x')"), new Fault("policy.backoff.jitter", "is told already"), new Fault("settings.path", "is hidden by its settings")]);

        var (status, body, _) = await Api.SendAsync(
            "POST",
            "/api/v1/agents",
            """{"id":"?","kind":"x","odd":1,"settings":{"a":1,"a":2},"labels":{"t":"x"},"policy":{"maxRestarts":"x","heartbeatSeconds":-1,"timeoutSeconds":9,"backoff":{"factor":"x","jitter":7}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        using var problem = JsonDocument.Parse(body);
        Assert.Equal(
            ["id", "odd", "settings.a", "policy.maxRestarts", "policy.backoff.factor", "policy.heartbeatSeconds", "policy.backoff.jitter", "kind"],
            problem.RootElement.GetProperty("errors").EnumerateObject().Select(e => e.Name));
        var asked = Assert.Single(Fleet.Checked);
        Assert.Equal(("unreadable", "x", null, "x", null), (asked.Id.Value, asked.Kind, asked.Settings, asked.Labels!["t"], asked.Policy));
        Assert.Empty(Fleet.Orders);
    }

    [Fact]
    public async Task Post_WrongDefinitionWhileTheClusterIsOutOfReach_IsStillAnsweredWith400()
    {
        Fleet.Failure = new TimeoutException();

        var (status, body, _) = await Api.SendAsync("POST", "/api/v1/agents", """{"id":"?","kind":"x"}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("id must be 1 to 128 characters", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"incarnation":7}""", "heartbeat a-1 7  ")]
    [InlineData("""{"incarnation":7,"progress":null,"expectedSilenceSeconds":null}""", "heartbeat a-1 7  ")]
    [InlineData("""{"incarnation":7,"progress":{"a": [1, "x"]},"expectedSilenceSeconds":90.5}""", """heartbeat a-1 7 {"a":[1,"x"]} 00:01:30.5000000""")]
    [InlineData("""{"incarnation":9007199254740992,"progress":0.5,"expectedSilenceSeconds":1e300}""", "heartbeat a-1 9007199254740992 0.5 7.00:00:00")]
    public async Task Heartbeat_FromOutside_IsTaken(string body, string expected)
    {
        var (status, answer, _) = await Api.SendAsync("POST", "/api/v1/agents/a-1/heartbeat", body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"message":"It is done.","incarnation":8}""", answer);
        Assert.Equal([expected], Fleet.Orders);
    }

    [Fact]
    public async Task Heartbeat_Fenced_Answers409()
    {
        Fleet.Result = CommandResult.Conflict("Incarnation 7 of agent 'a-1' is not the current one.");

        var (status, _, _) = await Api.SendAsync("POST", "/api/v1/agents/a-1/heartbeat", """{"incarnation":7}""");

        Assert.Equal(HttpStatusCode.Conflict, status);
    }

    [Fact]
    public async Task Heartbeat_OfNobody_Answers404()
    {
        Fleet.Result = CommandResult.NotFound("a-2");

        var (status, _, _) = await Api.SendAsync("POST", "/api/v1/agents/a-2/heartbeat", """{"incarnation":7}""");

        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Theory]
    [InlineData("POST", "/api/v1/agents/a-1/crash", """{"mode":"silent"}""", "crash a-1 Silent by http:127.0.0.1")]
    [InlineData("POST", "/api/v1/agents/a-1/restart", null, "Restart a-1 by http:127.0.0.1 because -")]
    [InlineData("POST", "/api/v1/agents/a-1/pause", """{"reason":"night"}""", "Pause a-1 by http:127.0.0.1 because night")]
    [InlineData("POST", "/api/v1/agents/a-1/pause", """{"forSeconds":7200.5,"reason":null}""", "Pause a-1 by http:127.0.0.1 because - for 02:00:00.5000000")]
    [InlineData("POST", "/api/v1/agents/a-1/resume", "{}", "Resume a-1 by http:127.0.0.1 because -")]
    [InlineData("POST", "/api/v1/agents/a-1/release", """{"reason":null}""", "Release a-1 by http:127.0.0.1 because -")]
    [InlineData("DELETE", "/api/v1/agents/a-1", null, "Remove a-1 by http:127.0.0.1 because -")]
    [InlineData("POST", "/api/v1/silos/silo-1/drain", """{"reason":"night"}""", "drain silo-1 by http:127.0.0.1 because night")]
    [InlineData("POST", "/api/v1/silos/127.0.0.1:11111@7/drain", null, "drain 127.0.0.1:11111@7 by http:127.0.0.1 because -")]
    [InlineData("DELETE", "/api/v1/silos/silo-1/drain", null, "undrain silo-1 by http:127.0.0.1 because -")]
    [InlineData("POST", "/api/v1/maintenance", """{"all":true,"forSeconds":60,"reason":"night"}""", "pause all by http:127.0.0.1 because night for 00:01:00")]
    [InlineData("POST", "/api/v1/maintenance", """{"labels":{"team":"blue","zone":"a/b"}}""", "pause team=blue,zone=a/b by http:127.0.0.1 because -")]
    [InlineData("DELETE", "/api/v1/maintenance?all=true", null, "resume all by http:127.0.0.1 because -")]
    [InlineData("DELETE", "/api/v1/maintenance?label=team%3Dblue&label=zone%3Da%2Fb", null, "resume team=blue,zone=a/b by http:127.0.0.1 because -")]
    [InlineData("POST", "/api/v1/agents/a%3A1/restart", "\uFEFF{}", "Restart a:1 by http:127.0.0.1 because -")]
    public async Task Order_OfAnAgent_IsCarriedOut(string method, string path, string? body, string expected)
    {
        var (status, answer, _) = await Api.SendAsync(method, path, body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"message":"It is done.","incarnation":8}""", answer);
        Assert.Equal([expected], Fleet.Orders);
    }

    [Fact]
    public async Task Order_ThatConflicts_Answers409()
    {
        Fleet.Result = CommandResult.Conflict("Agent 'a-1' is there already.");

        foreach (var (path, body) in new[] { ("/api/v1/agents", """{"id":"a-1","kind":"x"}"""), ("/api/v1/agents/a-1/release", "{}") })
        {
            var (status, answer, _) = await Api.SendAsync("POST", path, body);

            Assert.Equal(HttpStatusCode.Conflict, status);
            Assert.Contains("is there already", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Order_ForNobody_Answers404()
    {
        Fleet.Result = CommandResult.NotFound("a-2");

        var (status, _, _) = await Api.SendAsync("DELETE", "/api/v1/agents/a-2");

        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Fact]
    public async Task Order_OfASignedInUser_CarriesTheName()
    {
        await using var api = await ApiHost.StartAsync(before: app => app.Use((http, next) =>
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ada\n")], "test"));
            return next(http);
        }));

        await api.SendAsync("POST", "/api/v1/agents/a-1/restart");

        Assert.Equal(["Restart a-1 by ada? because -"], api.Fleet.Orders);
    }

    [Theory]
    [InlineData("GET", "/api/v1/overview", "try again")]
    [InlineData("GET", "/api/v1/events", "try again")]
    [InlineData("POST", "/api/v1/agents/a-1/restart", "may or may not have been carried out")]
    public async Task Request_WhileTheClusterIsOutOfReach_Answers503(string method, string path, string fragment)
    {
        foreach (var failure in new Exception[]
        {
            new TimeoutException(), new SiloUnavailableException(), new OrleansException("", new TimeoutException()),
            new StoreUnavailableException("the store is away"), new TaskCanceledException(),
        })
        {
            Fleet.Failure = failure;

            var (status, body, response) = await Api.SendAsync(method, path);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
            Assert.Contains(fragment, body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Request_ThatFailsInside_TellsNothingOfTheInside()
    {
        Fleet.Failure = new InvalidOperationException("password=secret");

        var (status, body, _) = await Api.SendAsync("GET", "/api/v1/overview");

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
    }
}
