using System.Net;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Support;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

/// <summary>That each command is written down, and what a repeated one does.</summary>
public sealed class CommandTests : ApiTest
{
    [Fact]
    public async Task Command_OfAnySort_IsLoggedWithWhoWhatAndOutcome()
    {
        await Api.SendAsync("POST", "/api/v1/agents", """{"id":"a-1","kind":"x","settings":{"password":"secret"}}""");
        await Api.SendAsync("POST", "/api/v1/agents/a-1/pause", """{"reason":"night"}""");
        await Api.SendAsync("POST", "/api/v1/agents/a-1/crash", """{"mode":"exit"}""");
        await Api.SendAsync("POST", "/api/v1/silos/silo-1/drain");
        await Api.SendAsync("DELETE", "/api/v1/maintenance?all=true");
        Fleet.Result = CommandResult.NotFound("a-2");
        await Api.SendAsync("DELETE", "/api/v1/agents/a-2");
        await Api.SendAsync("POST", "/api/v1/commands", """{"command":"resume","ids":["a-3"]}""");
        Fleet.Failure = new TimeoutException();
        await Api.SendAsync("POST", "/api/v1/agents/a-1/restart");

        Assert.Equal(
            [
                "Information: http:127.0.0.1 ordered spawn of a-1: ok (It is done.)",
                "Information: http:127.0.0.1 ordered pause of a-1: ok (It is done.)",
                "Information: http:127.0.0.1 ordered crash (exit) of a-1: ok (It is done.)",
                "Information: http:127.0.0.1 ordered drain of silo-1: ok (It is done.)",
                "Information: http:127.0.0.1 ordered end the pause of all: ok (It is done.)",
                "Information: http:127.0.0.1 ordered remove of a-2: not-found (There is no agent 'a-2'.)",
                "Information: http:127.0.0.1 ordered resume of a-3: not-found (There is no agent 'a-2'.)",
                "Information: http:127.0.0.1 ordered restart of a-1: unknown (TimeoutException)",
            ],
            Api.Log.Own.Where(l => l.Contains(" ordered ", StringComparison.Ordinal)));
        Assert.All(Api.Log.All, line => Assert.DoesNotContain("secret", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("POST", "/api/v1/agents/a-1/restart", null, "Restart a-1 by http:127.0.0.1 because - if at 7")]
    [InlineData("POST", "/api/v1/agents/a-1/pause", null, "Pause a-1 by http:127.0.0.1 because - if at 7")]
    [InlineData("DELETE", "/api/v1/agents/a-1", null, "Remove a-1 by http:127.0.0.1 because - if at 7")]
    [InlineData("POST", "/api/v1/agents/a-1/crash", """{"mode":"exit"}""", "crash a-1 Exit by http:127.0.0.1")]
    public async Task Command_ForTheIncarnationThatIsThere_IsCarriedOut(string method, string path, string? body, string expected)
    {
        var (status, _, _) = await Api.SendAsync(method, path, body, headers: ("If-Incarnation", "7"));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([expected], Fleet.Orders);
    }

    /// <summary>As when the answer was lost on the way and the request is sent again: the agent has moved on.</summary>
    [Fact]
    public async Task Command_ForAnIncarnationThatIsPast_Answers412()
    {
        Fleet.ResultOf["a-1"] = () => CommandResult.OtherIncarnation(AgentId.Parse("a-1"), 8, 7);
        var (restart, body, _) = await Api.SendAsync("POST", "/api/v1/agents/a-1/restart", headers: ("If-Incarnation", "7"));
        Fleet.ResultOf.Clear();
        var (crash, _, _) = await Api.SendAsync("POST", "/api/v1/agents/a-1/crash", """{"mode":"exit"}""", headers: ("If-Incarnation", "6"));
        var (nobody, _, _) = await Api.SendAsync("POST", "/api/v1/agents/a-2/crash", """{"mode":"exit"}""", headers: ("If-Incarnation", "6"));

        Assert.Equal((HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed, HttpStatusCode.NotFound), (restart, crash, nobody));
        Assert.Contains("is at incarnation 8, not 7; nothing was done.", body, StringComparison.Ordinal);
        Assert.Empty(Fleet.Orders);
    }

    [Fact]
    public async Task Command_ThatConflictsForAnotherReason_Answers409()
    {
        Fleet.Result = CommandResult.Conflict("Agent 'a-1' is paused; resume it instead.");

        Assert.Equal(HttpStatusCode.Conflict, (await Api.SendAsync("POST", "/api/v1/agents/a-1/restart", headers: ("If-Incarnation", "7"))).Status);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("7.0")]
    [InlineData(" 7 7")]
    [InlineData("*")]
    [InlineData("9007199254740993")]
    [InlineData("99999999999999999999")]
    public async Task Command_ForNoIncarnation_Answers400(string value)
    {
        var (status, body, _) = await Api.SendAsync("POST", "/api/v1/agents/a-1/restart", headers: ("If-Incarnation", value));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("If-Incarnation must be a whole number from 1", body, StringComparison.Ordinal);
        Assert.Empty(Fleet.Orders);
    }
}
