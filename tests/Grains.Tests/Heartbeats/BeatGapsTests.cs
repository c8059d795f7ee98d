using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats;

/// <summary>Which gaps are counted, and how long they are: as silence would be judged.</summary>
public sealed class BeatGapsTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private readonly StoreClock _clock;
    private readonly SilenceRecorder _recorder;
    private readonly BeatGaps _gaps;

    public BeatGapsTests()
    {
        _clock = new StoreClock(_time, NullLogger<StoreClock>.Instance);
        _clock.Observe(Given.Now, TimeSpan.Zero, TimeSpan.Zero);
        _recorder = new SilenceRecorder(_clock, 1);
        _gaps = _recorder.Open(Given.Id, "test", Timeout);
    }

    [Fact]
    public void Accepted_OneAfterTheOther_IsFromTheTimeOfOneToTheArrivalOfTheNext()
    {
        Beat(after: 0, underWay: 0);
        Beat(after: 1, underWay: 0.2);
        Beat(after: 1, underWay: 0);

        Assert.Equal(new Dictionary<string, long> { ["gap:1200 test"] = 2 }, Drain());
        Assert.Empty(Drain());
    }

    [Fact]
    public void Accepted_AfterHeartbeatsThatWereNotSent_IsNotCounted()
    {
        var slot = new BeatSlot(Given.Id, 0, 1, () => { }, _gaps);
        _gaps.Began(_clock.Now);
        Offer(5_000);

        // Alive, but lack of progress keeps the deadline where it is, so there is nothing to send.
        Offer(5_000, isSent: false);
        Offer(5_000, isSent: false);
        Offer(9_000);
        Offer(10_000);

        Assert.Equal(new Dictionary<string, long> { ["gap:1000 test"] = 2 }, Drain());

        void Offer(long deadline, bool isSent = true)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(isSent, slot.Offer(deadline, null, _recorder.Now));
            if (slot.TryTake(out var beat))
            {
                _gaps.Accepted(beat, TimeSpan.Zero, _gaps.Now);
            }
        }
    }

    [Fact]
    public void Accepted_AfterAnOutageOrASlowAnswerOfTheStore_IsNotCounted()
    {
        Beat(after: 0);
        _gaps.HeldUp();
        Beat(after: 20);
        Beat(after: 4, took: 2);
        Beat(after: 1);

        Assert.Equal(new Dictionary<string, long> { ["gap:1000 test"] = 1 }, Drain());
    }

    [Fact]
    public void Judged_Silence_IsCountedWithItsTimeoutAndLength()
    {
        _recorder.Judged(Given.Id, "test", FailureReason.Silent, Timeout, TimeSpan.FromSeconds(5.25));
        _recorder.Judged(Given.Id, "test", FailureReason.Silent, Timeout, TimeSpan.FromSeconds(6));
        _recorder.Mistaken(Given.Id, "test", FailureReason.Silent);
        _recorder.Heard(Given.Id, "out there", _clock.Now.AddSeconds(-3));

        Assert.Equal(
            new Dictionary<string, long>
            {
                ["failed:silent test"] = 2,
                ["timeoutMs:silent test"] = 10_000,
                ["silentMs:silent test"] = 11_250,
                ["mistaken:silent test"] = 1,
                ["gap:3000 out there"] = 1,
            },
            Drain());
    }

    [Fact]
    public async Task Writer_BeatsOfTwoAgents_CountsTheGapsOfThoseThatWereNotFenced()
    {
        var (store, metrics) = (new FlakyStore(), TestStore.Metrics());
        var writer = new HeartbeatWriter(
            store, metrics, Options.Create(new HealingOptions { FlushInterval = TimeSpan.Zero }), TimeProvider.System, NullLogger<HeartbeatWriter>.Instance);
        await writer.StartAsync(TestContext.Current.CancellationToken);
        var (live, dead) = (AgentId.Parse("live"), AgentId.Parse("dead"));
        BeatSlot[] slots = [.. new[] { live, dead }.Select(id => writer.Open(id, 1, () => { }, _recorder.Open(id, "test", Timeout)))];

        Offer();
        await store.TakenAsync(2);
        store.Fence(dead);
        _time.Advance(TimeSpan.FromSeconds(1));
        Offer();
        await store.TakenAsync(4);
        await writer.StopAsync(CancellationToken.None);

        Assert.Equal(new Dictionary<string, long> { ["gap:1000 test"] = 1 }, Drain());
        writer.Dispose();
        metrics.Dispose();

        void Offer()
        {
            var at = _recorder.Now;
            Array.ForEach(slots, slot => writer.Offer(slot, at + 5_000, null, at));
        }
    }

    [Fact]
    public async Task Flush_AfterAnOutage_BringsWhatWasCountedSinceAndNothingOfIt()
    {
        var store = new FlakyStore();
        using var flusher = new SilenceFlusher(store, _recorder, _time, NullLogger<SilenceFlusher>.Instance);
        _recorder.Heard(Given.Id, "test", _clock.Now.AddSeconds(-1));
        store.Go(away: true);
        await flusher.FlushAsync();

        store.Go(away: false);
        _recorder.Heard(Given.Id, "test", _clock.Now.AddSeconds(-2));
        await flusher.FlushAsync();
        await flusher.FlushAsync();

        Assert.Equal(new Dictionary<string, long> { ["gap:2000 test"] = 1 }, Assert.Single(store.Silences));
    }

    private void Beat(double after, double underWay = 0, double took = 0)
    {
        _time.Advance(TimeSpan.FromSeconds(after));
        var at = _recorder.Now;
        _time.Advance(TimeSpan.FromSeconds(underWay));
        _gaps.Accepted(new BeatEntry(Given.Id, 1, at + 5_000, null) { At = at }, TimeSpan.FromSeconds(took), _gaps.Now);
    }

    private IReadOnlyDictionary<string, long> Drain() => _recorder.Drain(0).Increments;
}
