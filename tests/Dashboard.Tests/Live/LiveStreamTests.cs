using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Support;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Live;

public sealed class LiveStreamTests : ApiTest
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Live_ForTheFirst_IsASnapshotThenWhatChanges()
    {
        using var reader = await OpenAsync();
        Publish(Change(Tile(0, AgentStatus.Healthy)) with { Overview = Sample.Overview });
        var snapshot = await ReadAsync(reader);
        Publish(Change(Tile(0, AgentStatus.BackingOff)));
        var delta = await ReadAsync(reader);

        Assert.Equal(("snapshot", "delta"), (snapshot.Event, delta.Event));
        Assert.Equal(1, snapshot.Data.GetProperty("overview").GetProperty("agents").GetInt32());
        Assert.Equal("backing-off", delta.Data.GetProperty("agents")[0].GetProperty("status").GetString());
        Assert.False(delta.Data.TryGetProperty("overview", out _));
    }

    [Fact]
    public async Task Live_ForOneWhoComesLater_IsEverythingAtOnceOfTheSameReading()
    {
        using var first = await OpenAsync();
        Publish(Change(Tile(0, AgentStatus.Healthy), Tile(1, AgentStatus.Healthy)));
        Publish(Change(Tile(1, AgentStatus.Quarantined)));
        Publish(Change() with { Removed = [0], Fresh = [0, 7], MoreActions = true });
        await ReadAsync(first);
        await ReadAsync(first);
        Assert.True((await ReadAsync(first)).Data.GetProperty("moreActions").GetBoolean());

        using var second = await OpenAsync();
        var snapshot = await ReadAsync(second);

        Assert.Equal("snapshot", snapshot.Event);
        var agent = Assert.Single(snapshot.Data.GetProperty("agents").EnumerateArray());
        Assert.Equal((1, "quarantined"), (agent.GetProperty("i").GetInt32(), agent.GetProperty("status").GetString()));
        Assert.Equal([0, 7], snapshot.Data.GetProperty("fresh").GetBytesFromBase64());
        Assert.False(snapshot.Data.TryGetProperty("moreActions", out _));
        Assert.Equal(1, Fleet.Watchers);
    }

    [Fact]
    public async Task Live_AfterABrokenLine_IsResumedWhereItWas()
    {
        using var stays = await OpenAsync();
        Publish(Change(Tile(0, AgentStatus.Healthy)));
        var had = await ReadAsync(stays);
        Publish(Change(Tile(0, AgentStatus.BackingOff)));
        Publish(Change(Tile(0, AgentStatus.Restarting)));
        await ReadAsync(stays);
        var last = await ReadAsync(stays);

        using var again = await OpenAsync(had.Id);
        var one = await ReadAsync(again);
        var two = await ReadAsync(again);
        using var upToDate = await OpenAsync(last.Id);
        Publish(Change(Tile(0, AgentStatus.Healthy)));
        var three = await ReadAsync(upToDate);

        Assert.Equal(["backing-off", "restarting", "healthy"], new[] { one, two, three }.Select(e => e.Data.GetProperty("agents")[0].GetProperty("status").GetString()));
        Assert.All([one, two, three], e => Assert.Equal("delta", e.Event));
    }

    [Theory]
    [InlineData("of-another-epoch-1")]
    [InlineData("-")]
    [InlineData("rubbish")]
    [InlineData("00000000000000000000-99999999999999999999999")]
    public async Task Live_AfterAnEventThatIsNotKnownHere_IsTheWholeFleet(string lastEventId)
    {
        using var first = await OpenAsync();
        Publish(Change(Tile(0, AgentStatus.Healthy)));
        await ReadAsync(first);

        using var second = await OpenAsync(lastEventId);

        Assert.Equal("snapshot", (await ReadAsync(second)).Event);
    }

    [Theory]
    [InlineData(true, "The cluster or its store is out of reach.")]
    [InlineData(false, "The silo that read the fleet stops.")]
    public async Task Live_WhenTheReadingEnds_SaysSoAndBeginsAnewAfterwards(bool isOutOfReach, string why)
    {
        using var reader = await OpenAsync();
        Publish(Change(Tile(0, AgentStatus.Healthy)));
        var before = await ReadAsync(reader);
        var broken = Fleet.Changes;
        Fleet.Changes = Channel.CreateUnbounded<FleetChange>();
        broken.Writer.Complete(isOutOfReach ? new StoreUnavailableException("it is away") : null);

        var stale = await ReadAsync(reader);
        Assert.Equal(("stale", why), (stale.Event, stale.Data.GetString()));

        Publish(Change(Tile(0, AgentStatus.Healthy)));
        var next = ReadAsync(reader);
        while (!next.IsCompleted)
        {
            Api.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(next, Task.Delay(10, Cancelled));
        }

        var after = await next;
        Assert.Equal("snapshot", after.Event);
        Assert.NotEqual(before.Id![..12], after.Id![..12]);
    }

    [Fact]
    public async Task Viewer_ThatDoesNotRead_IsGivenTheWholeFleetAndNotWhatItMissed()
    {
        var viewer = new LiveViewer();
        viewer.CatchUp([new LiveFrame(1, [])]);
        for (var i = 2; i < 1000; i++)
        {
            viewer.Offer(new LiveFrame(i, []));
        }

        Assert.True(viewer.IsBehind);
        viewer.CatchUp([new LiveFrame(1000, [])]);

        Assert.Equal(1000, (await viewer.Frames.ReadAsync(Cancelled)).Sequence);
        Assert.False(viewer.Frames.TryRead(out _));
        Assert.False(viewer.IsBehind);
    }

    private static AgentTile Tile(int index, AgentStatus status) => new()
    {
        Index = index,
        Id = AgentId.Parse($"a-{index}"),
        Kind = "test",
        Status = status,
        Incarnation = 1,
    };

    private static FleetChange Change(params AgentTile[] tiles) => new() { At = Sample.At, Agents = tiles.Length > 0 ? tiles : null };

    private void Publish(FleetChange change) => Assert.True(Fleet.Changes.Writer.TryWrite(change));

    private async Task<StreamReader> OpenAsync(string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/live");
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        var response = await Api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled));
        Assert.Equal("retry: 1000", await reader.ReadLineAsync(Cancelled));
        Assert.Equal("", await reader.ReadLineAsync(Cancelled));
        return reader;
    }

    private static async Task<(string? Id, string? Event, JsonElement Data)> ReadAsync(StreamReader reader)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        (string? Id, string? Event, JsonElement Data) read = default;
        for (var line = await reader.ReadLineAsync(patience.Token); line is { Length: > 0 }; line = await reader.ReadLineAsync(patience.Token))
        {
            read = line.Split(": ", 2) switch
            {
                ["id", var id] => read with { Id = id },
                ["event", var sort] => read with { Event = sort },
                ["data", var data] => read with { Data = JsonSerializer.Deserialize<JsonElement>(data) },
                _ => read,
            };
        }

        return read;
    }
}
