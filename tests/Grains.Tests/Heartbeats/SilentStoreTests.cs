using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Telemetry;
using OrleansHealing.Tests.Supervision;
using OrleansHealing.Tests.Telemetry;

namespace OrleansHealing.Tests.Heartbeats;

/// <summary>The writer of heartbeats against a store that goes away and comes back.</summary>
public sealed class SilentStoreTests : IAsyncLifetime
{
    private readonly FlakyStore _store = new();
    private readonly HealingMetrics _metrics = TestStore.Metrics();
    private readonly HeartbeatWriter _writer;

    public SilentStoreTests() => _writer = new HeartbeatWriter(
        _store,
        _metrics,
        Options.Create(new HealingOptions { FlushInterval = TimeSpan.FromMilliseconds(1) }),
        TimeProvider.System,
        NullLogger<HeartbeatWriter>.Instance);

    public async ValueTask InitializeAsync() => await _writer.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync(CancellationToken.None);
        _writer.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Offer_WhileTheStoreIsAway_SendsTheNewestOfEachAgentAfterIt()
    {
        _store.Go(away: true);
        var slots = Enumerable.Range(0, 100).Select(i => _writer.Open(AgentId.Parse($"agent-{i}"), 1, Unexpected)).ToArray();
        var record = Given.Beat(Given.Now, 1);
        foreach (var slot in slots)
        {
            _writer.Offer(slot, 1, record);
        }

        await _store.RefusedAsync();
        for (var deadline = 2; deadline <= 1_000; deadline++)
        {
            foreach (var slot in slots)
            {
                _writer.Offer(slot, deadline, null);
            }
        }

        _store.Go(away: false);

        var taken = await _store.TakenAsync(100);
        Assert.Equal(100, taken.Count);
        Assert.All(taken, beat => Assert.Equal((1_000L, record), (beat.Deadline, beat.Record)));
        Assert.Equal(100, taken.Select(b => b.Id).Distinct().Count());
    }

    [Fact]
    public async Task Offer_WhileTheStoreIsAway_IsAsLateAsTheOldestThatWaited()
    {
        var time = new FakeTimeProvider();
        using var meters = new Meters();
        using var writer = new HeartbeatWriter(
            _store, meters.Metrics, Options.Create(new HealingOptions { FlushInterval = TimeSpan.FromMilliseconds(1) }), time, NullLogger<HeartbeatWriter>.Instance);
        await writer.StartAsync(TestContext.Current.CancellationToken);
        var slot = writer.Open(AgentId.Parse("agent"), 1, Unexpected);
        _store.Go(away: true);
        writer.Offer(slot, 1, null);
        await PassAsync(() => _store.Refused > 0);
        time.Advance(TimeSpan.FromSeconds(30));
        writer.Offer(slot, 2, null);
        _store.Go(away: false);
        await PassAsync(() => meters.Of("healing.heartbeats.lag").Count > 0);

        Assert.InRange(Assert.Single(meters.Of("healing.heartbeats.lag")), 30, 60);
        await writer.StopAsync(CancellationToken.None);

        async Task PassAsync(Func<bool> isThere)
        {
            for (var turn = 0; !isThere(); turn++)
            {
                Assert.True(turn < 100_000, "Awaited: that the writer sent what it was offered.");
                time.Advance(TimeSpan.FromMilliseconds(1));
                await Task.Run(() => { }, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task Offer_MoreThanOneBatchWhileTheStoreRefusesAtOnce_IsNotTriedWithoutAPause()
    {
        var time = new FakeTimeProvider();
        var flush = TimeSpan.FromMilliseconds(1);
        using var writer = new HeartbeatWriter(
            _store, _metrics, Options.Create(new HealingOptions { FlushInterval = flush }), time, NullLogger<HeartbeatWriter>.Instance);
        await writer.StartAsync(TestContext.Current.CancellationToken);
        _store.Go(away: true);
        foreach (var i in Enumerable.Range(0, 1500))
        {
            writer.Offer(writer.Open(AgentId.Parse($"agent-{i}"), 1, Unexpected), 1, null);
        }

        while (_store.Refused == 0)
        {
            time.Advance(flush);
            await Task.Run(() => { }, TestContext.Current.CancellationToken);
        }

        // No time goes by any more. Who tries without a pause has tried again by then.
        for (var i = 0; i < 1000; i++)
        {
            await Task.Run(() => { }, TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, _store.Refused);
        _store.Go(away: false);
        while (_store.Taken < 1500)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Run(() => { }, TestContext.Current.CancellationToken);
        }

        await writer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Offer_WhileTheStoreHangs_NeverBlocks()
    {
        _store.Hang();
        var slot = _writer.Open(Given.Id, 1, Unexpected);
        _writer.Offer(slot, 1, null);
        await _store.AskedAsync();

        // Each returns before the hanging command does; the test would never end otherwise.
        for (var deadline = 2; deadline <= 100_000; deadline++)
        {
            _writer.Offer(slot, deadline, null);
        }

        _store.Release();
        var taken = await _store.TakenAsync(2);
        Assert.Equal([1L, 100_000], taken.Select(b => b.Deadline));
    }

    [Fact]
    public async Task Offer_AfterAnOutage_SendsNothingOfAnAgentThatClosedInIt()
    {
        _store.Go(away: true);
        var (closed, open) = (_writer.Open(Given.Id, 1, Unexpected), _writer.Open(AgentId.Parse("other"), 1, Unexpected));
        _writer.Offer(closed, 1, null);
        await _store.RefusedAsync();
        closed.Close();
        _writer.Offer(open, 2, null);
        _store.Go(away: false);

        Assert.Equal("other", Assert.Single(await _store.TakenAsync(1)).Id.Value);
    }

    [Fact]
    public async Task Offer_OfAFencedIncarnation_TellsItsOwner()
    {
        var fenced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Fence(Given.Id);
        var slot = _writer.Open(Given.Id, 1, fenced.SetResult);

        _writer.Offer(slot, 1, null);

        await fenced.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static void Unexpected() => throw new InvalidOperationException("Nobody is fenced here.");
}
