using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>
/// Watches the watcher: every silo calls every supervisor each second. The call activates a supervisor that is nowhere, so it
/// is back within a second or two of its silo's death.
/// </summary>
public sealed partial class SupervisorWatch : BackgroundService
{
    private readonly IGrainFactory _grains;
    private readonly IHeartbeatStore _store;
    private readonly StoreClock _clock;
    private readonly SiloDirectory _silos;
    private readonly HealingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SupervisorWatch> _logger;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ConcurrentDictionary<int, SupervisorPulse> _pulses = new();

    internal SupervisorWatch(
        IGrainFactory grains, IHeartbeatStore store, StoreClock clock, SiloDirectory silos, IOptions<HealingOptions> options, TimeProvider time,
        IHostApplicationLifetime lifetime, ILogger<SupervisorWatch> logger)
    {
        _grains = grains;
        _store = store;
        _clock = clock;
        _silos = silos;
        _options = options.Value;
        _time = time;
        _lifetime = lifetime;
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
            try
            {
                _pulses[partition] = await supervisor.PingAsync().WaitAsync(_options.SupervisorWatch * 5, _time, stoppingToken);
                isAway = false;
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

                await ReplaceIfOverdueAsync(partition);
            }

            await Task.Delay(_options.SupervisorWatch, _time, stoppingToken);
        }
    }

    /// <summary>
    /// Has the silo declared dead whose supervisor neither answers nor finishes rounds: as long as membership believes in a
    /// frozen silo, no other can take over from it.
    /// </summary>
    private async Task ReplaceIfOverdueAsync(int partition)
    {
        try
        {
            if (_options.EvictSilentSilos
                && await _store.LastRoundAsync(partition) is { Host: { } host } last
                && _clock.Now - last.At > SupervisorHealth.LateAfter(_options))
            {
                await _silos.BuryAsync(host, $"its supervisor of partition {partition} answers nobody, and finished no round since {last.At:O}");
            }
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            // Without the store nobody can judge, here or there.
            LogAway(_logger, partition, e.Message);
        }
    }

    [LoggerMessage(1230, LogLevel.Warning, "The supervisor of partition {Partition} does not answer: {Error}")]
    private static partial void LogAway(ILogger logger, int partition, string error);
}
