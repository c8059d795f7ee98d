using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Supervision;

/// <summary>
/// Watches the watcher: every silo calls every supervisor each second. The call activates a supervisor that is nowhere, so it
/// is back within a second or two of its silo's death.
/// </summary>
public sealed partial class SupervisorWatch : BackgroundService
{
    // A question is given up after so many periods of the watch.
    private const int LooksAtAQuestion = 5;
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(50);

    private readonly IGrainFactory _grains;
    private readonly IHeartbeatStore _store;
    private readonly StoreClock _clock;
    private readonly SiloDirectory _silos;
    private readonly HealingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SupervisorWatch> _logger;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly HealingMetrics _metrics;
    private readonly ConcurrentDictionary<int, SupervisorPulse> _pulses = new();
    private readonly ConcurrentDictionary<int, long> _cutOffSince = new();
    private long _delayedAt;

    internal SupervisorWatch(
        IGrainFactory grains, IHeartbeatStore store, StoreClock clock, SiloDirectory silos, IOptions<HealingOptions> options, TimeProvider time,
        IHostApplicationLifetime lifetime, HealingMetrics metrics, ILogger<SupervisorWatch> logger)
    {
        _grains = grains;
        _store = store;
        _clock = clock;
        _silos = silos;
        _options = options.Value;
        _time = time;
        _lifetime = lifetime;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>What each partition's supervisor last answered.</summary>
    public IReadOnlyCollection<SupervisorPulse> Pulses => [.. _pulses.Values];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            await Task.WhenAll(Enumerable.Range(0, _options.Partitions).Select(p => WatchAsync(p, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    private async Task WatchAsync(int partition, CancellationToken stoppingToken)
    {
        var supervisor = _grains.GetGrain<ISupervisorGrain>(partition);
        var isAway = false;
        while (true)
        {
            var isReplaced = false;
            try
            {
                var pulse = await AskAsync(supervisor, stoppingToken);
                _pulses[partition] = pulse;
                _metrics.SupervisorHeard(pulse);
                isAway = false;
                isReplaced = await ReplaceIfCutOffAsync(pulse);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever kept it from answering: a watch that ends watches nobody.
                _pulses.TryRemove(partition, out _);
                if (!isAway)
                {
                    isAway = true;
                    LogAway(_logger, partition, e.Message);
                }

                isReplaced = await ReplaceIfOverdueAsync(partition);
            }

            var slept = _time.GetTimestamp();
            await Task.Delay(isReplaced ? AtOnce : _options.SupervisorWatch, _time, stoppingToken);
            NoteOwnDelay(slept);
        }
    }

    /// <summary>
    /// One question, and while it is not answered a look again and again at whether the supervisor is overdue: a question to a
    /// frozen silo is never answered, and by its patience alone it would be found out late.
    /// </summary>
    private async Task<SupervisorPulse> AskAsync(ISupervisorGrain supervisor, CancellationToken stoppingToken)
    {
        var partition = (int)supervisor.GetPrimaryKeyLong();
        var answer = supervisor.PingAsync();
        for (var look = 1; ; look++)
        {
            var asked = _time.GetTimestamp();
            try
            {
                return await answer.WaitAsync(_options.SupervisorWatch, _time, stoppingToken);
            }
            catch (TimeoutException) when (look < LooksAtAQuestion && !answer.IsCompleted)
            {
                NoteOwnDelay(asked);
                if (await ReplaceIfOverdueAsync(partition))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>A wait of one period that took much longer shows that it is this silo, or the machine under both, that is slow.</summary>
    private void NoteOwnDelay(long since)
    {
        if (_time.GetElapsedTime(since) > 1.25 * _options.SupervisorWatch)
        {
            Volatile.Write(ref _delayedAt, _time.GetTimestamp());
        }
    }

    /// <summary>
    /// A supervisor that answers and finishes no round may be the only one that does not reach the store. Right after an outage for
    /// all it would look the same, so it is replaced only when this silo saw no round in the store for as long again.
    /// </summary>
    private async Task<bool> ReplaceIfCutOffAsync(SupervisorPulse pulse)
    {
        if (pulse.LastRoundAgeSeconds is { } age && age <= SupervisorHealth.LateAfter(_options).TotalSeconds)
        {
            _cutOffSince.TryRemove(pulse.Partition, out _);
            return false;
        }

        try
        {
            await _store.LastRoundAsync(pulse.Partition);
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            // The store is away for this silo as well: no proof of anything.
            _cutOffSince.TryRemove(pulse.Partition, out _);
            return false;
        }

        var since = _cutOffSince.GetOrAdd(pulse.Partition, static (_, time) => time.GetTimestamp(), _time);
        return _time.GetElapsedTime(since) > SupervisorHealth.LateAfter(_options) && await ReplaceIfOverdueAsync(pulse.Partition);
    }

    private bool IsStarvedItself() =>
        Volatile.Read(ref _delayedAt) is > 0 and var at && _time.GetElapsedTime(at) < SupervisorHealth.LateAfter(_options);

    /// <summary>Whoever has not noticed the step yet notes its rounds in the time before it, which are no later ones for that.</summary>
    private bool HasClockStepped() => _clock.LastStepAt is { } at && _clock.Monotonic - at < SupervisorHealth.LateAfter(_options);

    /// <summary>
    /// Has the silo declared dead whose supervisor neither answers nor finishes rounds: as long as membership believes in a
    /// frozen silo, no other can take over from it.
    /// </summary>
    /// <returns>Whether it was; the next question activates another.</returns>
    private async Task<bool> ReplaceIfOverdueAsync(int partition)
    {
        try
        {
            if (_options.EvictSilentSilos
                && !IsStarvedItself()
                && !HasClockStepped()
                && await _store.LastRoundAsync(partition) is { Host: { } host } last
                && _clock.Now - last.At > SupervisorHealth.LateAfter(_options))
            {
                await _silos.BuryAsync(host, $"its supervisor of partition {partition} answers nobody or does not reach the store, and finished no round since {last.At:O}");
                return true;
            }
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            // Without the store nobody can judge, here or there.
            LogAway(_logger, partition, e.Message);
        }

        return false;
    }

    [LoggerMessage(1230, LogLevel.Warning, "The supervisor of partition {Partition} does not answer: {Error}")]
    private static partial void LogAway(ILogger logger, int partition, string error);
}
