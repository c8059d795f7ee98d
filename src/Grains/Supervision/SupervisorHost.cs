using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Supervision;

/// <summary>What every supervisor on this silo shares.</summary>
internal sealed class SupervisorHost(
    IHeartbeatStore store, StoreClock clock, AgentKinds kinds, BackendDispatcher backends, IClusterMembershipService membership,
    SiloDirectory silos, LocalSilo silo, StoreMemory memory, HealingMetrics metrics, SilenceRecorder silences, IOptions<HealingOptions> options, Random random,
    IGrainFactory grains, SiloLoads loads, AlertPost alerts, ILoggerFactory loggers)
{
    public StoreClock Clock { get; } = clock;

    public IClusterMembershipService Membership { get; } = membership;

    public LocalSilo Silo { get; } = silo;

    public StoreMemory Memory { get; } = memory;

    public HealingMetrics Metrics { get; } = metrics;

    public FleetAlerts CreateAlerts(int partition) => alerts.CreateFleetAlerts(partition);

    public Judge CreateJudge(int partition, ICommitWatcher watcher) =>
        new(partition, store, Clock, kinds, backends, silos, Metrics, options.Value, random, loggers.CreateLogger<Judge>())
        {
            Memory = Memory,
            Silences = silences,
            Watcher = watcher,
            CompareClock = store.SynchronizeClockAsync,
        };

    public FleetBalancer CreateBalancer(int partition) =>
        new(partition, store, Clock, kinds, grains, loads, Membership, options.Value, loggers.CreateLogger<FleetBalancer>());
}
