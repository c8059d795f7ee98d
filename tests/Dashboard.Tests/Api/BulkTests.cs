using System.Net;
using System.Text.Json;
using OrleansHealing.Dashboard.Support;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

public sealed class BulkTests : ApiTest
{
    private const string Commands = "/api/v1/commands";

    [Theory]
    [InlineData("""{"command":"restart","ids":["a"],"reason":"night"}""", "Restart a by http:127.0.0.1 because night")]
    [InlineData("""{"command":"pause","ids":["a"],"forSeconds":60}""", "Pause a by http:127.0.0.1 because - for 00:01:00")]
    [InlineData("""{"command":"pause","ids":["a"],"forSeconds":null,"reason":null,"mode":null}""", "Pause a by http:127.0.0.1 because -")]
    [InlineData("""{"command":"resume","ids":["a"]}""", "Resume a by http:127.0.0.1 because -")]
    [InlineData("""{"command":"release","ids":["a"]}""", "Release a by http:127.0.0.1 because -")]
    [InlineData("""{"command":"remove","ids":["a"]}""", "Remove a by http:127.0.0.1 because -")]
    [InlineData("""{"command":"crash","ids":["a"],"mode":"hang"}""", "crash a Hang by http:127.0.0.1")]
    public async Task Post_ACommand_IsCarriedOut(string body, string expected)
    {
        var (status, answer, _) = await Api.SendAsync("POST", Commands, body);

        Assert.Equal((HttpStatusCode.OK, """{"done":1,"failed":[]}"""), (status, answer));
        Assert.Equal([expected], Fleet.Orders);
    }

    [Fact]
    public async Task Post_WhereSomeFail_SaysWhoAndWhyInTheirOrder()
    {
        Fleet.ResultOf["b"] = () => CommandResult.NotFound("b");
        Fleet.ResultOf["d"] = () => CommandResult.Conflict("Agent 'd' is paused; resume it instead.");
        Fleet.ResultOf["e"] = () => throw new TimeoutException();
        Fleet.ResultOf["f"] = () => throw new InvalidOperationException("password=secret");

        var (status, answer, _) = await Api.SendAsync("POST", Commands, """{"command":"restart","ids":["f","a","b","c","d","e"]}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
        using var reply = JsonDocument.Parse(answer);
        Assert.Equal(2, reply.RootElement.GetProperty("done").GetInt32());
        Assert.Equal(
            ["f 500", "b 404", "d 409", "e 503"],
            reply.RootElement.GetProperty("failed").EnumerateArray().Select(f => $"{f.GetProperty("id")} {f.GetProperty("status")}"));
        Assert.Equal(["Restart a by http:127.0.0.1 because -", "Restart c by http:127.0.0.1 because -"], Fleet.Orders.Order());
    }

    [Fact]
    public async Task Post_AThousandAgentsOfTheLongestIds_AreAllTaken()
    {
        var ids = Enumerable.Range(0, 1000).Select(i => $"{i:0000}{new string('x', 124)}").ToList();

        var (status, answer, _) = await Api.SendAsync("POST", Commands, JsonSerializer.Serialize(new { command = "resume", ids }));

        Assert.Equal((HttpStatusCode.OK, """{"done":1000,"failed":[]}"""), (status, answer));
        Assert.Equal(1000, Fleet.Orders.Count);
    }

    [Fact]
    public async Task Post_MoreThanOneCallerMayOrder_CostsAllThatItMayAndAnswers429AfterThat()
    {
        await using var api = await ApiHost.StartAsync(options => (options.WritesPerSecond, options.WriteBurst) = (1, 10));
        var order = JsonSerializer.Serialize(new { command = "resume", ids = Enumerable.Range(0, 50).Select(i => $"a{i}") });

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("POST", Commands, order)).Status);
        Assert.Equal(50, api.Fleet.Orders.Count);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await api.SendAsync("POST", Commands, order)).Status);
        Assert.Equal(50, api.Fleet.Orders.Count);
    }

    [Fact]
    public async Task Post_ABodyThatIsWrongInEveryWay_NamesEveryFaultAtOnce()
    {
        var (status, answer, _) = await Api.SendAsync(
            "POST", Commands, """{"command":"crash","ids":["a","?","a",7],"reason":"x","forSeconds":5,"when":"now"}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        using var problem = JsonDocument.Parse(answer);
        Assert.Equal(
            ["ids[1]", "ids[2]", "ids[3]", "when", "mode", "forSeconds", "reason"],
            problem.RootElement.GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }
}
