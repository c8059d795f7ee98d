using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Alerts;

/// <summary>
/// Has people told when those cannot do it who should: that the store is out of reach, in which a supervisor keeps its alerts, and that a
/// supervisor finishes no rounds. Every silo watches; of those that see the same, the first tells it.
/// </summary>
internal sealed partial class SiloAlarms : BackgroundService
{
    /// <summary>In the keys of what silos tell.</summary>
    public const string Sender = "silos";

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PatienceOfNext = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QuietAge = TimeSpan.FromSeconds(10);

    // The store is asked for its time every two seconds, and may take as long as a command is given.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(3);

    private readonly AlertPost _post;
    private readonly IIncidentStore _incidents;
    private readonly IHeartbeatStore _store;
    private readonly Func<IReadOnlyCollection<SupervisorPulse>> _pulses;
    private readonly ISiloPeers _peers;
    private readonly DeadManSwitch _deadMan;
    private readonly StoreClock _clock;
    private readonly TimeProvider _time;
    private readonly AlertOptions _options;
    private readonly HealingOptions _healing;
    private readonly ILogger<SiloAlarms> _logger;
    private readonly PassingIncidents _passing = new();
    private readonly AlertDesk _desk;
    private readonly Dictionary<string, int> _ticks = new(StringComparer.Ordinal);
    private TimeSpan? _quietReadAt;

    internal SiloAlarms(
        AlertPost post, IIncidentStore incidents, IHeartbeatStore store, Func<IReadOnlyCollection<SupervisorPulse>> pulses, ISiloPeers peers, DeadManSwitch deadMan, StoreClock clock, TimeProvider time,
        AlertOptions options, HealingOptions healing, ILogger<SiloAlarms> logger)
    {
        _post = post;
        _incidents = incidents;
        _store = store;
        _pulses = pulses;
        _peers = peers;
        _deadMan = deadMan;
        _clock = clock;
        _time = time;
        _options = options;
        _healing = healing;
        _logger = logger;
        _desk = post.CreateDesk(_passing);
    }

    /// <summary>Whether this silo has people told of an alarm.</summary>
    public bool Tells(string key) => _desk.Find(key) is { EndedAt: null };

    /// <summary>What this silo has people told of.</summary>
    public IReadOnlyList<Incident> Holding() => _desk.Holding();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _desk.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var abort = new CancellationTokenSource();
        var lanes = _post.RunAsync(_desk, Sender, stoppingToken, abort.Token);
        using var timer = new PeriodicTimer(Tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }

        try
        {
            await lanes.WaitAsync(LastWords, _time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            await abort.CancelAsync();
            await lanes;
        }
    }

    /// <summary>One tick.</summary>
    internal async Task LookAsync(CancellationToken stoppingToken)
    {
        if (!_clock.IsSynchronized)
        {
            return;
        }

        try
        {
            var isReached = _clock.Monotonic - _clock.HeardAt <= Usual;
            await AlarmAsync(
                new Signal(AlertCondition.StoreOutOfReach, "store", $"Silo '{_peers.Name}' does not reach the store") { Details = "no heartbeat is taken and nobody is judged until it does" },
                isReached, _options.StoreAfter, stoppingToken);
            var supervisors = SupervisorHealth.Of(_pulses(), _healing);
            foreach (var supervisor in supervisors)
            {
                // Without the store no supervisor can do its work, and that is told already.
                await AlarmAsync(
                    new Signal(AlertCondition.SupervisorStalled, $"{supervisor.Partition}", $"The supervisor of partition {supervisor.Partition} finishes no rounds; nobody heals its agents")
                    {
                        Details = "healing doctor says what is known of it",
                    },
                    supervisor.Level is not DoctorLevel.Error || !isReached, _options.SupervisorAfter, stoppingToken);
            }

            await SignOfLifeAsync(supervisors, stoppingToken);
            await ReadQuietAsync(isReached);
            await _desk.TurnAsync();
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // A watch that ends watches nobody.
            LogFailed(_logger, e);
        }
    }

    /// <summary>Counts ticks, not time: a silo that was frozen has seen nothing meanwhile.</summary>
    private async Task AlarmAsync(Signal signal, bool isWell, TimeSpan patience, CancellationToken stoppingToken)
    {
        if (isWell)
        {
            _ticks.Remove(signal.Key);
            _desk.Over(signal.Key);
            return;
        }

        var ticks = _ticks[signal.Key] = _ticks.GetValueOrDefault(signal.Key) + 1;
        if (ticks * Tick < patience + (_peers.Before * PatienceOfNext))
        {
            return;
        }

        if (Tells(signal.Key) || !await _peers.DoesOneTellAsync(signal.Key, stoppingToken))
        {
            _desk.Raise(signal);
        }
    }

    /// <summary>By the first silo, as long as it knows of every supervisor that it works.</summary>
    private async Task SignOfLifeAsync(IReadOnlyList<SupervisorHealth> supervisors, CancellationToken stoppingToken)
    {
        var key = Signal.KeyOf(AlertCondition.DeadManSwitch, "ping");
        if (!_deadMan.IsSetUp || _peers.Before > 0)
        {
            // Whoever is the first now sees for itself.
            _desk.Over(key);
            return;
        }

        if (supervisors.Any(s => s.Level is DoctorLevel.Error))
        {
            return;
        }

        switch (await _deadMan.TouchAsync(stoppingToken))
        {
            case DeadManOutcome.Reached:
                _desk.Over(key);
                break;
            case DeadManOutcome.Missed:
                _desk.Raise(new Signal(AlertCondition.DeadManSwitch, "ping", "The dead man's switch cannot be reached; it will soon say that this fleet is down"));
                break;
        }
    }

    private async Task ReadQuietAsync(bool isReached)
    {
        if (!isReached || (_quietReadAt is { } at && _clock.Monotonic - at < QuietAge))
        {
            return;
        }

        try
        {
            _passing.Quiet = new Quiet(await _incidents.AlertSilencesAsync(), await _store.MaintenanceAsync());
            _quietReadAt = _clock.Monotonic;
        }
        catch (Exception e) when (StoreOutage.IsNobodysFault(e))
        {
            // What was known holds on.
        }
    }

    [LoggerMessage(1430, LogLevel.Error, "The silo's look at the store and the supervisors failed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
