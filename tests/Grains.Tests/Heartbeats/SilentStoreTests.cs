using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Telemetry;
using OrleansHealing.Tests.Supervision;

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
    public async Task Offer_MoreThanOneBatchWhileTheStoreRefusesAtOnce_IsNotTriedWithoutAPause()
    {
        _store.Go(away: true);
        foreach (var i in Enumerable.Range(0, 1500))
        {
            _writer.Offer(_writer.Open(AgentId.Parse($"agent-{i}"), 1, Unexpected), 1, null);
        }

        // The first was of those that were there by then; after some more, all of them are in line.
        await _store.RefusedAsync(calls: 4);
        var before = _store.Refused;
        for (var i = 0; i < 1000; i++)
        {
            await Task.Run(() => { }, TestContext.Current.CancellationToken);
        }

        // One batch four times a second; without a pause it would be thousands.
        Assert.InRange(_store.Refused - before, 0, 20);
        _store.Go(away: false);
        Assert.Equal(1500, (await _store.TakenAsync(1500)).Count);
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
