using System.Net;
using OrleansHealing.Dashboard.Support;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

public sealed class EventStreamTests : ApiTest
{
    private const string Data =
        """
        "at":"2026-03-04T05:06:07.890Z","agentId":"a-1","action":"recovered","incarnation":7,"reason":"crashed","details":"It threw.","consecutiveFailures":2}
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follow_NewActions_ComeAsEvents()
    {
        using var reader = await OpenAsync("/api/v1/events");
        Fleet.Publish(Sample.Action("03", ActionKind.Recovered));

        Assert.Equal(["retry: 2000", "", "id: 03", $$"""data: {"id":"03",{{Data}}""", ""], await ReadAsync(reader, 5));
    }

    [Theory]
    [InlineData("/api/v1/events", "01")]
    [InlineData("/api/v1/events?after=01", null)]
    [InlineData("/api/v1/events?after=00", "01")]
    public async Task Follow_AfterAnAction_StartsWithTheNextOne(string path, string? lastEventId)
    {
        using var reader = await OpenAsync(path, lastEventId);
        Fleet.Publish(Sample.Action("03", ActionKind.Recovered));

        var lines = await ReadAsync(reader, 8);

        Assert.Equal(["id: 02", "id: 03"], lines.Where(l => l!.StartsWith("id:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Follow_InSilence_SaysAComment()
    {
        using var reader = await OpenAsync("/api/v1/events");
        await ReadAsync(reader, 2);

        // The wait begins some time after the first line was sent; from then on each step of the clock ends one.
        var comment = ReadAsync(reader, 2);
        for (var steps = 0; !comment.IsCompleted; steps++)
        {
            Assert.True(steps < 1000, "No keep-alive came in 1,000 steps of 15 s.");
            Api.Time.Advance(TimeSpan.FromSeconds(15));
            await Task.WhenAny(comment, Task.Delay(10, Cancelled));
        }

        Assert.Equal([": keep-alive", ""], await comment);
    }

    [Fact]
    public async Task Follow_UntilTheReaderLeaves_EndsTheFollowing()
    {
        using (await OpenAsync("/api/v1/events?after=00"))
        {
            Assert.False(Fleet.FollowerLeft.Task.IsCompleted);
        }

        await Fleet.FollowerLeft.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
    }

    [Fact]
    public async Task Follow_UntilTheHostStops_EndsTheStream()
    {
        using var reader = await OpenAsync("/api/v1/events");
        await ReadAsync(reader, 2);

        await Api.StopAsync().WaitAsync(TimeSpan.FromSeconds(20), Cancelled);

        Assert.Null(await reader.ReadLineAsync(Cancelled));
    }

    [Fact]
    public async Task Follow_UntilTheClusterFails_EndsTheStream()
    {
        using var reader = await OpenAsync("/api/v1/events");
        await ReadAsync(reader, 2);

        Fleet.EndStream(new TimeoutException());

        Assert.Null(await reader.ReadLineAsync(Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancelled));
    }

    [Fact]
    public async Task Follow_OverTheLimit_Answers503()
    {
        await using var api = await ApiHost.StartAsync(options => options.MaxEventStreams = 1);
        using var first = await api.Client.GetAsync(new Uri("/api/v1/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancelled);

        var (status, body, _) = await api.SendAsync("GET", "/api/v1/events");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("1 event streams already", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follow_AfterNonsense_Answers400()
    {
        var (status, body, _) = await Api.SendAsync("GET", "/api/v1/events", headers: ("Last-Event-ID", "a b"));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("Last-Event-ID must be the id of an action", body, StringComparison.Ordinal);
    }

    private static async Task<string?[]> ReadAsync(StreamReader reader, int lines)
    {
        var read = new string?[lines];
        for (var i = 0; i < lines; i++)
        {
            read[i] = await reader.ReadLineAsync(Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
        }

        return read;
    }

    private async Task<StreamReader> OpenAsync(string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await Api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        return new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled));
    }
}
