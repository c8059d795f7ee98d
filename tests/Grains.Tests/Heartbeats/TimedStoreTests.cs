using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Heartbeats;
using OrleansHealing.Tests.Fleet;
using OrleansHealing.Tests.Telemetry;

namespace OrleansHealing.Tests.Heartbeats;

/// <summary>The store that is timed does what the store does, and tells how long it took.</summary>
public sealed class TimedStoreTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Meters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task Operation_ThatIsAnswered_IsTimedByItsWord()
    {
        var store = Timed(nameof(IHeartbeatStore.BeatAsync), args =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(30));
            return Task.FromResult<IReadOnlyList<int>>([(int)args[0]!]);
        });

        Assert.Equal([3], await store.BeatAsync(3, []));
        Assert.Equal([0.03], _meters.Of("healing.store.duration{operation=beat}"));
    }

    [Theory]
    [InlineData(typeof(TimeoutException), TimedStore.OutOfReach)]
    [InlineData(typeof(NotSupportedException), nameof(NotSupportedException))]
    public async Task Operation_ThatFails_IsTimedWithWhatItFailedOf(Type type, string error)
    {
        var store = Timed(nameof(IHeartbeatStore.BeginTermAsync), _ => Task.FromException<long>((Exception)Activator.CreateInstance(type)!));

        Assert.IsType(type, await Record.ExceptionAsync(() => store.BeginTermAsync(0)));
        Assert.Single(_meters.Of($"healing.store.duration{{operation=other,error.type={error}}}"));
    }

    [Fact]
    public async Task Operation_OfATermThatIsOver_IsAnAnswer()
    {
        var store = Timed(nameof(IHeartbeatStore.NoteRoundAsync), _ => throw new SupersededException(0, 1));

        await Assert.ThrowsAsync<SupersededException>(() => store.NoteRoundAsync(0, 1, new LastRound(DateTimeOffset.UnixEpoch, null, null)));
        Assert.Single(_meters.Of("healing.store.duration{operation=round}"));
    }

    private TimedStore Timed(string method, Func<object?[], object?> answer) => new(Stub.Of<IHeartbeatStore>((method, answer)), _meters.Metrics, _time);
}
