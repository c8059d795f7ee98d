using System.Net;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Api;

public sealed class GuardTests : ApiTest
{
    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Origin", "http://localhost")]
    [InlineData("Origin", "javascript:alert(1)")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Write_FromAPageOfAnotherSite_Answers403(string header, string value)
    {
        foreach (var (method, path) in new[] { ("POST", "/api/v1/agents/a-1/restart"), ("DELETE", "/api/v1/agents/a-1"), ("POST", "/api/v1/agents"), ("POST", "/api/v1/agents/a-1/heartbeat") })
        {
            var (status, body, _) = await Api.SendAsync(method, path, headers: (header, value));

            Assert.Equal(HttpStatusCode.Forbidden, status);
            Assert.Contains("another site", body, StringComparison.Ordinal);
        }

        Assert.Empty(Fleet.Orders);
    }

    [Fact]
    public async Task Write_FromItsOwnPage_IsCarriedOut()
    {
        var (status, _, _) = await Api.SendAsync(
            "POST", "/api/v1/agents/a-1/restart", headers: [("Origin", Api.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)), ("Sec-Fetch-Site", "same-origin")]);

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("evil.example", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("10.0.0.1:80", 403)]
    [InlineData("localhost:9", 200)]
    [InlineData("LOCALHOST", 200)]
    [InlineData("[::1]:80", 200)]
    [InlineData("127.0.0.1", 200)]
    public async Task Request_ForAHost_IsTakenWhenItIsAllowed(string host, int expected)
    {
        foreach (var path in new[] { "/", "/app.js", "/api/v1/overview", "/api/v1/nothing" })
        {
            var (status, body, _) = await Api.SendAsync("GET", path, headers: ("Host", host));

            Assert.Equal(expected is 200 && path.EndsWith("nothing", StringComparison.Ordinal) ? 404 : expected, (int)status);
            Assert.Equal(expected is 403, body.Contains("allowed are localhost, 127.0.0.1, [::1]", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("fleet.example.com", 200)]
    [InlineData("a.b.corp.test", 200)]
    [InlineData("corp.test", 403)]
    [InlineData("evilcorp.test", 403)]
    [InlineData("127.0.0.1", 200)]
    public async Task Request_ForAHostOfTheOptions_IsTaken(string host, int expected)
    {
        await using var api = await ApiHost.StartAsync(options =>
        {
            options.AllowedHosts.Clear();
            options.AllowedHosts.Add("fleet.example.com");
            options.AllowedHosts.Add("*.corp.test");
        });

        var (status, _, _) = await api.SendAsync("GET", "/api/v1/overview", headers: ("Host", host));

        Assert.Equal(expected, (int)status);
    }
}
