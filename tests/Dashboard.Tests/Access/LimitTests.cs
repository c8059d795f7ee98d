using System.Net;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Access;

public sealed class LimitTests
{
    [Fact]
    public async Task Write_ToAReadOnlyApi_Answers403AndSaysSo()
    {
        await using var api = await ApiHost.StartAsync(options => options.ReadOnly = true);
        foreach (var (method, path) in new[]
        {
            ("POST", "/api/v1/agents"), ("DELETE", "/api/v1/agents/a-1"), ("POST", "/api/v1/agents/a-1/crash"), ("POST", "/api/v1/agents/a-1/heartbeat"),
            ("POST", "/api/v1/maintenance"), ("DELETE", "/api/v1/maintenance?all=true"), ("POST", "/api/v1/silos/x/drain"), ("POST", "/api/v1/silos/x/kill"),
        })
        {
            var (status, body, response) = await api.SendAsync(method, path, "{}");

            Assert.Equal((path, HttpStatusCode.Forbidden), (path, status));
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
            Assert.Contains("This API is read-only (HealingDashboardOptions.ReadOnly", body, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("GET", "/api/v1/agents")).Status);
        Assert.Empty(api.Fleet.Orders);
    }

    [Fact]
    public async Task Writes_OverTheLimit_Answer429UntilSomeTimeHasPassed()
    {
        await using var api = await ApiHost.StartAsync(options => (options.WritesPerSecond, options.WriteBurst) = (1, 2));
        var statuses = new List<HttpStatusCode>();
        HttpResponseMessage last;
        do
        {
            (var status, _, last) = await api.SendAsync("POST", "/api/v1/agents/a-1/restart");
            statuses.Add(status);
        }
        while (statuses[^1] is HttpStatusCode.OK && statuses.Count < 200);

        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
        Assert.True(statuses.Count >= 3, $"{statuses.Count} requests were sent.");
        Assert.Equal(TimeSpan.FromSeconds(1), last.Headers.RetryAfter?.Delta);
        Assert.Equal("application/problem+json", last.Content.Headers.ContentType?.ToString());
        Assert.Equal(statuses.Count - 1, api.Fleet.Orders.Count);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("GET", "/api/v1/agents")).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("POST", "/api/v1/agents/a-1/heartbeat", """{"incarnation":1}""")).Status);
    }

    [Theory]
    [InlineData(1000, 10_000)]
    [InlineData(0, 1)]
    public async Task Writes_OfAPersonOrScript_MeetNoLimit(int perSecond, int burst)
    {
        await using var api = await ApiHost.StartAsync(options => (options.WritesPerSecond, options.WriteBurst) = (perSecond, burst));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("POST", "/api/v1/agents/a-1/restart")).Status);
        }
    }
}
