using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Alerts;

/// <summary>Makes desks and has their lanes run.</summary>
internal sealed class AlertPost(
    AlertChannels channels, IIncidentStore incidents, IHeartbeatStore store, StoreClock clock, TimeProvider time, Random random, HealingMetrics metrics,
    IOptions<AlertOptions> options, IOptions<HealingOptions> healing, ILoggerFactory loggers)
{
    public FleetAlerts CreateFleetAlerts(int partition) => new(
        partition, incidents, store, this, clock, time, options.Value, healing.Value.Partitions, loggers.CreateLogger<FleetAlerts>());

    public AlertDesk CreateDesk(IIncidentKeeper keeper) => new(keeper, channels.All, options.Value, clock, metrics);

    public AlertLetter Letter(string sender) => new(options.Value.Fleet ?? healing.Value.KeyPrefix, sender, options.Value.PageUrl);

    /// <summary>Tells every sink what there is to tell, until it is to stop. Off whatever scheduler the caller is on.</summary>
    /// <param name="desk">Whose incidents.</param>
    /// <param name="sender">Who keeps them: part of what receivers know an alert by.</param>
    /// <param name="stop">Nothing more is begun.</param>
    /// <param name="abort">What is under way is broken off.</param>
    public Task RunAsync(AlertDesk desk, string sender, CancellationToken stop, CancellationToken abort)
    {
        var letter = Letter(sender);
        return Task.WhenAll(channels.All.Select(channel => Task.Run(
            () => new AlertLane(channel, desk, letter, clock, time, random, metrics, loggers.CreateLogger<AlertLane>()).RunAsync(stop, abort), CancellationToken.None)));
    }
}
