using System.Net;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Api;

public sealed class AlertTests : ApiTest
{
    [Fact]
    public async Task Get_Alerts_AnswersThemWithWhoWasTold()
    {
        var (status, body, _) = await Api.SendAsync("GET", "/api/v1/alerts");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("""{"items":[{"key":"agent-quarantined/a-1","condition":"agent-quarantined","severity":"error","state":"firing",""", body, StringComparison.Ordinal);
        Assert.Contains("\"deliveries\":[{\"sink\":\"pager\",\"told\":\"firing\",\"at\":", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", HttpStatusCode.OK, "test all")]
    [InlineData("?sink=pager", HttpStatusCode.OK, "test pager")]
    [InlineData("?sink=none", HttpStatusCode.NotFound, "test none")]
    public async Task Post_Test_AsksTheSinks(string query, HttpStatusCode expected, string order)
    {
        var (status, _, _) = await Api.SendAsync("POST", $"/api/v1/alerts/test{query}");

        Assert.Equal(expected, status);
        Assert.Equal([order], Fleet.Orders);
    }

    [Theory]
    [InlineData("""{"forSeconds":7200,"condition":"agent-quarantined","labels":{"team":"a"},"reason":"known"}""", "silence 02:00:00 agent  condition AgentQuarantined labels [[team, a]] by http:127.0.0.1 because known")]
    [InlineData("""{"forSeconds":60,"agent":"a-1"}""", "silence 00:01:00 agent a-1 condition  labels [] by http:127.0.0.1 because -")]
    [InlineData("""{"forSeconds":60,"all":true}""", "silence 00:01:00 agent  condition  labels [] by http:127.0.0.1 because -")]
    public async Task Post_Silence_IsOrdered(string body, string order)
    {
        var (status, _, _) = await Api.SendAsync("POST", "/api/v1/alerts/silences", body);

        Assert.Equal((HttpStatusCode.OK, order), (status, Assert.Single(Fleet.Orders)));
    }

    [Theory]
    [InlineData("""{"all":true}""", "forSeconds")]
    [InlineData("""{"forSeconds":0,"all":true}""", "forSeconds")]
    [InlineData("""{"forSeconds":2592001,"all":true}""", "forSeconds")]
    [InlineData("""{"forSeconds":60}""", "must say what is meant")]
    [InlineData("""{"forSeconds":60,"all":true,"agent":"a-1"}""", "must say what is meant")]
    [InlineData("""{"forSeconds":60,"condition":"rain"}""", "must be one of agent-quarantined")]
    [InlineData("""{"forSeconds":60,"agent":"?"}""", "agent")]
    public async Task Post_WrongSilence_NamesTheFaultAndOrdersNothing(string body, string expected)
    {
        var (status, answer, _) = await Api.SendAsync("POST", "/api/v1/alerts/silences", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(expected, answer, StringComparison.Ordinal);
        Assert.Empty(Fleet.Orders);
    }

    [Fact]
    public async Task Delete_Silence_IsOrdered()
    {
        var (status, _, _) = await Api.SendAsync("DELETE", "/api/v1/alerts/silences/9f2c01ab");

        Assert.Equal((HttpStatusCode.OK, "unsilence 9f2c01ab"), (status, Assert.Single(Fleet.Orders)));
    }
}
