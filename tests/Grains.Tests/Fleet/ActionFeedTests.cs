using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Fleet;

/// <summary>Two partitions, whose supervisors write their logs each for itself.</summary>
public sealed class ActionFeedTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string>[] _logs = [[], []];
    private readonly List<string> _seen = [];
    private readonly CancellationTokenSource _stop = new();
    private Action<AgentId?>? _hint;
    private bool _isAway;
    private Task<bool> _next = Task.FromResult(false);

    [Fact]
    public async Task Follow_OlderActionWrittenLate_IsShown()
    {
        Write(0, "10", "30");
        var feed = Follow(null);

        Write(0, "50");
        await SeeAsync(feed, "50");
        Write(1, "20", "40");
        await SeeAsync(feed, "40");
        Write(1, "60");
        await SeeAsync(feed, "60");

        Assert.Equal(["50", "20", "40", "60"], _seen);
    }

    [Fact]
    public async Task Follow_FromAnAction_ShowsWhatIsAfterItAndNothingTwice()
    {
        Write(0, "10", "30");
        Write(1, "20", "40");
        var feed = Follow("20");

        await SeeAsync(feed, "40");
        Write(0, "50");
        await SeeAsync(feed, "50");

        Assert.Equal(["30", "40", "50"], _seen);
    }

    /// <summary>A store that lost its last writes shows older actions at the end of a full read; they are no news.</summary>
    [Fact]
    public async Task Follow_LogThatIsFullLosesItsNewest_ShowsNothingOld()
    {
        Write(0, [.. Enumerable.Range(1, 1500).Select(i => $"{i:D5}")]);
        var feed = Follow(null);
        Write(0, "01501");
        await SeeAsync(feed, "01501");

        _logs[0].RemoveRange(1400, 101);
        Write(0, "01600");
        await SeeAsync(feed, "01600");

        Assert.Equal(["01501", "01600"], _seen);
    }

    /// <summary>The Redis client's own exceptions cannot be read in other processes.</summary>
    [Fact]
    public async Task Follow_StoreIsAway_FailsWithWhatTravels()
    {
        var feed = Follow(null);
        _isAway = true;
        Write(0, "10");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => SeeAsync(feed, "10"));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private IAsyncEnumerator<SupervisorAction> Follow(string? afterId)
    {
        var store = Stub.Of<IHeartbeatStore>(
            (nameof(IHeartbeatStore.Partitions), _ => _logs.Length),
            (nameof(IHeartbeatStore.ActionsAsync), args => _isAway
                ? Task.FromException<IReadOnlyList<SupervisorAction>>(new RedisConnectionException(ConnectionFailureType.SocketClosed, "away"))
                : Task.FromResult<IReadOnlyList<SupervisorAction>>(
                [.. _logs[(int)args[0]!].AsEnumerable().Reverse().Take((int)args[2]!).Select(Action)])),
            (nameof(IHeartbeatStore.SubscribeAsync), args =>
            {
                _hint = (Action<AgentId?>)args[0]!;
                return Task.FromResult<IAsyncDisposable>(new MemoryStream());
            }
        ));
        var reader = new FleetReader(store, null!, null!, null!, null!, null!, _time);
        var feed = new ActionFeed(store, reader, _time).FollowAsync(null, afterId, _stop.Token).GetAsyncEnumerator();
        _next = feed.MoveNextAsync().AsTask();
        return feed;
    }

    /// <summary>The first read is done before the first wait, so what is written after <see cref="Follow"/> is news.</summary>
    private void Write(int partition, params string[] ids)
    {
        _logs[partition].AddRange(ids);
        _hint?.Invoke(Given.Id);
    }

    private async Task SeeAsync(IAsyncEnumerator<SupervisorAction> feed, string last)
    {
        while (_seen.LastOrDefault() != last)
        {
            Assert.True(await _next.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
            _seen.Add(feed.Current.Id);
            _next = feed.MoveNextAsync().AsTask();
        }
    }

    private static SupervisorAction Action(string id) => new()
    {
        Id = id,
        At = Given.Now,
        AgentId = Given.Id,
        Action = ActionKind.Failed,
        Incarnation = 1,
        Reason = "crashed",
        Details = "It threw.",
        ConsecutiveFailures = 1,
    };
}
