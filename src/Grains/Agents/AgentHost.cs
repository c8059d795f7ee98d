using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Agents;

/// <summary>What every run on this silo shares.</summary>
internal sealed class AgentHost(
    AgentKinds kinds, IHeartbeatStore store, HeartbeatWriter writer, HeartbeatPump pump, StoreClock clock, SupervisorNudge nudge, Reinstatements reinstatements, LocalSilo silo,
    StoreMemory memory, HealingMetrics metrics, SilenceRecorder silences, RemoteRuns remote, IOptions<HealingOptions> options, IServiceScopeFactory scopes,
    TimeProvider time, Random random, ILoggerFactory loggers)
{
    public AgentKinds Kinds { get; } = kinds;

    public IHeartbeatStore Store { get; } = store;

    public HeartbeatWriter Writer { get; } = writer;

    public HeartbeatPump Pump { get; } = pump;

    public StoreClock Clock { get; } = clock;

    /// <summary>How far the store's clock stepped in all.</summary>
    public Func<TimeSpan> Stepped { get; } = () => clock.Stepped;

    public SupervisorNudge Nudge { get; } = nudge;

    public Reinstatements Reinstatements { get; } = reinstatements;

    public LocalSilo Silo { get; } = silo;

    /// <summary>What the store is known by.</summary>
    public StoreMemory Memory { get; } = memory;

    public HealingMetrics Metrics { get; } = metrics;

    public SilenceRecorder Silences { get; } = silences;

    public RemoteRuns Remote { get; } = remote;

    public HealingOptions Options { get; } = options.Value;

    public IServiceScopeFactory Scopes { get; } = scopes;

    public TimeProvider Time { get; } = time;

    public Random Random { get; } = random;

    /// <summary>Makes the run of one incarnation; it does nothing until it is begun.</summary>
    public AgentRun CreateRun(AgentStart start) => new(this, start, loggers.CreateLogger($"OrleansHealing.Agent.{start.Definition.Kind}"));
}
