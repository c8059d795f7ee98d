using System.Net;
using System.Text.Json;
using OrleansHealing.Dashboard.Support;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

public sealed class ReadTests : ApiTest
{
    private const string Agent =
        """
        "id":"a-1","kind":"data-processing","status":"backing-off","incarnation":7,"consecutiveFailures":2,"totalRestarts":6,"lastHeartbeatAt":"2026-03-04T05:06:07.890Z","deadline":null,"nextRestartAt":"2026-03-04T05:06:11.890Z","silo":"silo-1","progress":{"lines":12},"lastFailure":{"reason":"crashed","message":"\u003Cb\u003Eno\u003C/b\u003E such line","at":"2026-03-04T05:06:07.890Z"},"labels":{"team":"blue"}
        """;

    private const string Action =
        """
        {"id":"02","at":"2026-03-04T05:06:07.890Z","agentId":"a-1","action":"failed","incarnation":7,"reason":"crashed","details":"It threw.","consecutiveFailures":2,"backoffSeconds":4}
        """;

    [Theory]
    [InlineData("/api/v1/agents", $$"""{"items":[{{{Agent}}}],"nextCursor":"a-1"}""")]
    [InlineData("/api/v1/actions?limit=1", $$"""{"items":[{{Action}}],"nextCursor":"02"}""")]
    [InlineData("/api/v1/actions?agent=other", """{"items":[],"nextCursor":null}""")]
    [InlineData("/api/v1/overview", """{"agents":1,"byStatus":{"healthy":0,"backing-off":1},"restarts":6,"failures":6,"mttrSeconds":null,"malformedRecords":0,"supervisors":[{"partition":0,"silo":"silo-1","lastRoundAgeSeconds":0.25,"rounds":40,"restartWaitSeconds":0,"storeSeconds":0,"lagSeconds":0}],"maintenance":[],"beats":0}""")]
    [InlineData("/api/v1/history?minutes=5", """{"items":[{"at":"2026-03-04T05:06:07.890Z","seconds":5,"byStatus":{"healthy":3},"failures":2,"restarts":1,"beats":30,"recover":{"count":1,"mean":0.25,"max":0.25}}],"nextCursor":null}""")]
    [InlineData("/api/v1/maintenance", """{"items":[{"labels":{"team":"blue"},"actor":"ada","reason":"upgrade","at":"2026-03-04T05:06:07.890Z","until":"2026-03-04T07:06:07.890Z"}],"nextCursor":null}""")]
    [InlineData("/api/v1/silos", """{"items":[{"name":"silo-1","url":"http://127.0.0.1:8080","pid":4711,"status":"active","agents":1,"startedAt":"2026-03-04T05:06:07.890Z","machine":"box","address":"127.0.0.1:11111@1","processStartedAt":"2026-03-04T05:06:07.890Z"}],"nextCursor":null}""")]
    [InlineData("/api/v1/kinds", """{"items":[{"name":"data-processing","settings":[{"name":"path","type":"file","description":"What to read.","isRequired":true,"min":null,"max":null}]}],"nextCursor":null}""")]
    [InlineData("/api/v1/what-if?timeoutSeconds=8&kind=data-processing", """{"timeoutSeconds":8,"kinds":[{"kind":"data-processing","presentTimeoutSeconds":5,"since":"2026-03-04T05:06:07.890Z","gaps":1000,"longestGapSeconds":1.05,"falseRestarts":0,"falseRestartsAtMost":0,"falseRestartsPerHour":0,"silences":2,"mistakes":null,"meanSilenceSeconds":5.1,"foundLaterSeconds":3,"extraDowntimeSeconds":6}],"unknown":["Much."]}""")]
    public async Task Get_List_AnswersTheContractsJson(string path, string expected)
    {
        var (status, body, response) = await Api.SendAsync("GET", path);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(expected, body);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(response.Headers.ETag is null ? "no-store" : "no-cache, private", response.Headers.CacheControl?.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Get_Agent_HasTheViewOnTopAndPolicyInSeconds()
    {
        var (status, body, _) = await Api.SendAsync("GET", "/api/v1/agents/a-1");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            $$$"""
            {{{{Agent}}},"definition":{"id":"a-1","kind":"data-processing","settings":{"path":"/data/x"},"policy":{"maxRestarts":3}},"policy":{"restart":"permanent","maxRestarts":3,"heartbeatSeconds":1,"timeoutSeconds":5,"progressTimeoutSeconds":90,"stableSeconds":60,"startupSeconds":15,"stopSeconds":2.5,"maxExpectedSilenceSeconds":3600,"failuresPerCheckpoint":3,"backoff":{"baseSeconds":2,"factor":2,"maxSeconds":60,"jitter":0.1}},"desired":{"mode":"run","actor":"http:127.0.0.1","at":"2026-03-04T05:06:07.890Z"},"actions":[{{{Action}}}],"checkpoints":[{"incarnation":6,"sequence":3,"at":"2026-03-04T05:06:07.890Z","length":120}]}
            """,
            body);
        Assert.Equal(body, JsonSerializer.Serialize(JsonSerializer.Deserialize(body, HealingJson.Default.AgentDetails), HealingJson.Default.AgentDetails!));
    }

    [Fact]
    public async Task Get_Explanation_HasTheRuleAndWhatItLookedAt()
    {
        var (status, body, _) = await Api.SendAsync("GET", "/api/v1/actions/02/explanation?agent=a-1");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            $$"""
            {"action":{{Action}},"entry":"judge","rule":"report","rules":[{"rule":"clock-went-back","fired":false,"details":"it is of now"},{"rule":"report","fired":true,"details":"failed (crashed)"}],"inputs":[{"name":"circumstances.random","value":"0.5"}],"decided":[{{Action}}],"isSame":true,"differences":[]}
            """,
            body);
    }

    [Theory]
    [InlineData("/api/v1/actions/03/explanation", 404, "There is no action \\u002703\\u0027 in the log; that of its agent reaches further back: ?agent=ID.")]
    [InlineData("/api/v1/actions/02/explanation?agent=other", 404, "There is no action \\u002702\\u0027 in the log of agent \\u0027other\\u0027.")]
    [InlineData("/api/v1/actions/02/explanation?agent=_", 400, "agent must be 1 to 128 characters")]
    [InlineData("/api/v1/what-if", 400, "timeoutSeconds must be 0.05 to 86400 seconds (it is not given)")]
    [InlineData("/api/v1/what-if?timeoutSeconds=0.01", 400, "timeoutSeconds must be 0.05 to 86400 seconds (it is \\u00270.01\\u0027)")]
    [InlineData("/api/v1/what-if?timeoutSeconds=8&kind=x", 404, "There is no kind \\u0027x\\u0027.")]
    [InlineData("/api/v1/actions/02/explanation?id=3", 400, "id is unknown (known: agent)")]
    public async Task Get_WhatIsNotThere_SaysSo(string path, int expected, string detail)
    {
        var (status, body, _) = await Api.SendAsync("GET", path);

        Assert.Equal((HttpStatusCode)expected, status);
        Assert.Contains(detail, body);
    }

    [Fact]
    public async Task Get_UnknownAgent_Answers404()
    {
        var (status, body, response) = await Api.SendAsync("GET", "/api/v1/agents/nobody");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("""{"status":404,"title":"Not Found","detail":"There is no agent \u0027nobody\u0027."}""", body);
    }

    [Fact]
    public async Task Get_AgentsWithQuery_HandsItOn()
    {
        await Api.SendAsync("GET", "/api/v1/agents?status=backing-off&search=team%3Dblue&limit=1000&cursor=a-0");
        await Api.SendAsync("GET", "/api/v1/agents?status=&search=&label=&limit=&cursor=");
        await Api.SendAsync("GET", "/api/v1/agents?label=team%3Dblue&label=zone%3Da%3Db");

        Assert.Equal(["team=blue", "zone=a=b"], Fleet.Queries[2].Labels!.Select(l => $"{l.Key}={l.Value}"));
        Fleet.Queries.RemoveAt(2);
        Assert.Equal(
            [new AgentQuery { Status = AgentStatus.BackingOff, Search = "team=blue", Limit = 1000, Cursor = "a-0" }, new AgentQuery()],
            Fleet.Queries);
    }
}
