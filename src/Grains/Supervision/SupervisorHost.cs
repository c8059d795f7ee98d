using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Supervision;

/// <summary>What every supervisor on this silo shares.</summary>
internal sealed class SupervisorHost(
    IHeartbeatStore store, StoreClock clock, AgentKinds kinds, BackendDispatcher backends, IClusterMembershipService membership,
    SiloDirectory silos, LocalSilo silo, StoreMemory memory, HealingMetrics metrics, SilenceRecorder silences, IOptions<HealingOptions> options, Random random,
    IGrainFactory grains, SiloLoads loads, ILoggerFactory loggers)
{
    public StoreClock Clock { get; } = clock;

    public IClusterMembershipService Membership { get; } = membership;

    public LocalSilo Silo { get; } = silo;

    public StoreMemory Memory { get; } = memory;

    public HealingMetrics Metrics { get; } = metrics;

    public Judge CreateJudge(int partition) =>
        new(partition, store, Clock, kinds, backends, silos, Metrics, options.Value, random, loggers.CreateLogger<Judge>())
        {
            Memory = Memory,
            Silences = silences,
            CompareClock = store.SynchronizeClockAsync,
        };

    public FleetBalancer CreateBalancer(int partition) =>
        new(partition, store, Clock, kinds, grains, loads, Membership, options.Value, loggers.CreateLogger<FleetBalancer>());
}
