using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Alerts;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Fleet;
using OrleansHealing.Tests.Heartbeats;
using OrleansHealing.Tests.Supervision;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Tests.Alerts;

/// <summary>What a silo sees of the store and the supervisors, tick by tick.</summary>
public sealed class SiloAlarmsTests : IDisposable
{
    private const string StoreKey = "store-out-of-reach/store";
    private const string SupervisorKey = "supervisor-stalled/0";

    private readonly FakeTimeProvider _time = new();
    private readonly StoreClock _clock;
    private readonly ServiceProvider _services;
    private readonly AlertOptions _options = new();
    private readonly Peers _peers = new();
    private readonly SiloAlarms _alarms;
    private bool _isStoreThere = true;
    private bool _isSupervisorThere = true;
    private IReadOnlyList<AlertSilence> _silences = [];
    private int _silencesRead;

    public SiloAlarmsTests()
    {
        _clock = new StoreClock(_time, NullLogger<StoreClock>.Instance);
        Hear();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddSingleton(new NotedSink.Notes());
        services.AddWebhookClient();
        _services = services.BuildServiceProvider();
        var incidents = Stub.Of<IIncidentStore>((nameof(IIncidentStore.AlertSilencesAsync), _ =>
        {
            Interlocked.Increment(ref _silencesRead);
            return Task.FromResult(_silences);
        }
        ));
        var store = Stub.Of<IHeartbeatStore>((nameof(IHeartbeatStore.MaintenanceAsync), _ => Task.FromResult<IReadOnlyList<MaintenanceOrder>>([])));
        var options = Options.Create(_options);
        var healing = new HealingOptions();
        var post = new AlertPost(
            new AlertChannels(options, [new AlertSinkRegistration("pager", typeof(NotedSink), new AlertRoute())], _services), incidents, store, _clock, _time, new Random(1),
            TestStore.Metrics(), options, Options.Create(healing), NullLoggerFactory.Instance);
        _alarms = new SiloAlarms(
            post, incidents, store, Pulses, _peers, new DeadManSwitch(options, _services.GetRequiredService<IHttpClientFactory>(), _clock, _time, NullLogger<DeadManSwitch>.Instance),
            _clock, _time, _options, healing, NullLogger<SiloAlarms>.Instance);
    }

    public void Dispose()
    {
        _alarms.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Look_StoreAwayForItsTime_IsAnAlarmUntilItIsThere()
    {
        await PassAsync(10);
        Assert.False(_alarms.Tells(StoreKey));

        _isStoreThere = false;
        await PassAsync(11);
        Assert.False(_alarms.Tells(StoreKey));
        await PassAsync(4);
        Assert.True(_alarms.Tells(StoreKey));
        Assert.False(_alarms.Tells(SupervisorKey), "Without the store no supervisor can do its work.");

        _isStoreThere = true;
        await PassAsync(2);
        Assert.True(_alarms.Tells(StoreKey), "Another that sees it a second longer must not tell it as well.");
        Assert.Empty(_alarms.Holding());
        await PassAsync(31);
        Assert.False(_alarms.Tells(StoreKey));
    }

    [Fact]
    public async Task Look_SiloThatWasFrozenForAnHour_SeesNothing()
    {
        await PassAsync(3);

        _time.Advance(TimeSpan.FromHours(1));
        await _alarms.LookAsync(TestContext.Current.CancellationToken);

        Assert.Empty(_alarms.Holding());
    }

    [Fact]
    public async Task Look_SupervisorThatFinishesNoRounds_IsAnAlarmAfterItsTime()
    {
        _isSupervisorThere = false;
        await PassAsync(19);
        Assert.False(_alarms.Tells(SupervisorKey));

        await PassAsync(2);
        Assert.True(_alarms.Tells(SupervisorKey));

        _isSupervisorThere = true;
        await PassAsync(32);
        Assert.False(_alarms.Tells(SupervisorKey));
    }

    [Fact]
    public async Task Look_AnotherBeforeTellsIt_IsLeftToThatOneUntilItDoesNot()
    {
        (_peers.Before, _peers.Tells) = (2, true);
        _isStoreThere = false;
        await PassAsync(60);
        Assert.Empty(_alarms.Holding());
        Assert.True(_peers.Asked > 0);

        _peers.Tells = false;
        await PassAsync(1);
        Assert.True(_alarms.Tells(StoreKey));
    }

    [Fact]
    public async Task Look_NotTheFirst_WaitsLongerForThoseBefore()
    {
        _peers.Before = 2;
        _isStoreThere = false;

        await PassAsync(20);
        Assert.Empty(_alarms.Holding());
        await PassAsync(6);
        Assert.True(_alarms.Tells(StoreKey));
    }

    [Fact]
    public async Task Look_BecomesTheFirst_GivesTheSignsOfLifeThatTheOneBeforeGave()
    {
        await using var receiver = await ReceiverOfAlerts.OpenAsync();
        _options.DeadManUrl = new Uri(receiver.Url, "/ping");
        _peers.Before = 1;
        await PassAsync(120);
        Assert.Empty(receiver.Requests);

        _peers.Before = 0;
        await PassAsync(121);
        Assert.Equal(3, receiver.Requests.Count);

        // The one that was before is back.
        _peers.Before = 1;
        await PassAsync(120);
        Assert.Equal(3, receiver.Requests.Count);
    }

    [Fact]
    public async Task Run_AlarmUnderASilence_IsToldWhenThatIsOverAndOthersMeanwhile()
    {
        await using var receiver = await ReceiverOfAlerts.OpenAsync();
        receiver.Otherwise = ReceiverOfAlerts.Status(404);
        _options.DeadManUrl = new Uri(receiver.Url, "/ping");
        var until = _clock.Now + TimeSpan.FromMinutes(30);
        _silences =
        [
            new AlertSilence { Id = "s", Condition = AlertCondition.StoreOutOfReach, Labels = new Dictionary<string, string>(), Actor = "anna", At = _clock.Now, Until = until },
        ];
        var notes = _services.GetRequiredService<NotedSink.Notes>();
        await _alarms.StartAsync(TestContext.Current.CancellationToken);
        await RunUntilAsync(() => _silencesRead > 0);

        _isStoreThere = false;
        await RunUntilAsync(() => _alarms.Tells(StoreKey) && notes.Said.Contains("firing dead-man-switch/ping"));
        Assert.Equal(["firing dead-man-switch/ping"], notes.Said);
        Assert.True(_clock.Now < until);

        await RunUntilAsync(() => notes.Said.Contains($"firing {StoreKey}"));
        Assert.True(_clock.Now >= until);
        await _alarms.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Lets time pass for the service, which runs, second by second.</summary>
    private async Task RunUntilAsync(Func<bool> isSo)
    {
        for (var second = 0; !isSo(); second++)
        {
            Assert.True(second < 3 * 3600, "Awaited for three hours of the test's time.");
            _time.Advance(TimeSpan.FromSeconds(1));
            if (_isStoreThere)
            {
                Hear();
            }

            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private async Task PassAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            if (_isStoreThere)
            {
                Hear();
            }

            await _alarms.LookAsync(TestContext.Current.CancellationToken);
        }
    }

    private void Hear() => _clock.Observe(Given.Now + _clock.Monotonic, _clock.Monotonic, _clock.Monotonic);

    private IReadOnlyCollection<SupervisorPulse> Pulses() => _isSupervisorThere
        ? [new SupervisorPulse { Partition = 0, Silo = "here", LastRoundAgeSeconds = 0.1, Hold = null, Rounds = 1 }]
        : [];

    private sealed class Peers : ISiloPeers
    {
        public string Name => "here";

        public int Before { get; set; }

        public bool Tells { get; set; }

        public int Asked { get; private set; }

        public Task<bool> DoesOneTellAsync(string key, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(Tells);
        }
    }
}
