using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Alerts;
using OrleansHealing.Heartbeats;
using OrleansHealing.Telemetry;
using OrleansHealing.Tests.Heartbeats;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Alerts;

/// <summary>A desk and a lane on a keeper that is slow, or fails as no outage does.</summary>
public sealed class AlertDeskTests : IDisposable
{
    private static readonly Signal Doomed = new(AlertCondition.AgentQuarantined, "doomed", "Agent 'doomed' was given up on");

    private readonly FakeTimeProvider _time = new();
    private readonly StoreClock _clock;
    private readonly HealingMetrics _metrics = TestStore.Metrics();
    private readonly GatedKeeper _keeper = new();
    private readonly NotedSink.Notes _pager = new();
    private readonly AlertChannel _channel;
    private readonly AlertDesk _desk;

    public AlertDeskTests()
    {
        _clock = new StoreClock(_time, NullLogger<StoreClock>.Instance);
        _clock.Observe(Given.Now, _clock.Monotonic, _clock.Monotonic);
        _channel = new AlertChannel("pager", "noted", new NotedSink(_pager), new AlertRoute(), TimeSpan.FromSeconds(10));
        _desk = new AlertDesk(_keeper, [_channel], new AlertOptions(), _clock, _metrics);
    }

    public void Dispose()
    {
        _desk.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Raise_WhileItsOldIncidentIsBeingForgotten_IsNotForgottenWithIt()
    {
        _desk.Raise(Doomed);
        await _desk.NoteAsync(_channel, _desk.Find(Doomed.Key)!, _ => new Telling { State = AlertState.Firing, Revision = 1, At = _clock.Now });
        _desk.Over(Doomed.Key);
        _time.Advance(TimeSpan.FromMinutes(1));
        await _desk.TurnAsync();
        await _desk.NoteAsync(_channel, _desk.Find(Doomed.Key)!, told => told with { State = AlertState.Resolved, At = _clock.Now });
        _time.Advance(TimeSpan.FromHours(1));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _keeper.Gate = gate.Task;
        var forgetting = _desk.TurnAsync();

        _desk.Raise(Doomed);
        gate.SetResult();
        await forgetting;
        await _desk.TurnAsync();

        Assert.Equal(Doomed.Key, Assert.Single(_desk.Holding()).Key);
        Assert.Equal(AlertState.Firing, _desk.NextFor(_channel)?.State);
    }

    [Fact]
    public async Task Run_FaultThatIsNoOutage_EndsNoLane()
    {
        _desk.Raise(Doomed);
        await _desk.TurnAsync();
        _keeper.Fault = new InvalidOperationException("NOPERM");
        using var stop = new CancellationTokenSource();
        var letter = new AlertLetter("healing", "0", null);
        var lane = new AlertLane(_channel, _desk, letter, _clock, _time, new Random(1), _metrics, NullLogger<AlertLane>.Instance).RunAsync(stop.Token, CancellationToken.None);
        Assert.Empty(_pager.Tried);
        _keeper.Fault = null;

        _time.Advance(TimeSpan.FromMinutes(1));

        await _pager.SaysAsync("firing agent-quarantined/doomed");
        await stop.CancelAsync();
        await lane;
    }
}
