using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Backends;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Hosting;

/// <summary>Puts supervision into a silo.</summary>
public static class HealingSiloBuilderExtensions
{
    internal const string DirectoryName = "healing";

    /// <summary>
    /// Adds the supervisor, the heartbeat store and the grains. The silo also needs clustering and reminders of its own;
    /// Redis serves for all three.
    /// </summary>
    public static HealingBuilder AddHealing(this ISiloBuilder silo, Action<HealingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var services = silo.Services;
        services.AddOptions<HealingOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HealingOptions>, HealingOptionsValidator>();

        // With Orleans's default directory the death of a silo also deactivates grains on the others: those whose entries it
        // held, a third of the healthy agents with three silos. This one takes its entries over from the survivors.
#pragma warning disable ORLEANSEXP003 // Experimental; used under a name of its own, so that no other grain of the host is touched.
        silo.AddDistributedGrainDirectory(DirectoryName);
#pragma warning restore ORLEANSEXP003

        // Its lease keeps the grains of a killed silo from coming back for half a minute, for fear that the silo still works.
        // Agents and supervisors need no such wait: whatever an old one still writes is fenced.
        services.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.Zero);

        silo.AddIncomingGrainCallFilter<StoreFailureFilter>();
        AddStore(services);
        AddSupervision(services);
        AddAlerts(services);
        return new HealingBuilder(services);
    }

    private static void AddStore(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
#pragma warning disable RS0030 // The one place where randomness comes from; everything else has it injected.
        services.TryAddSingleton(Random.Shared);
#pragma warning restore RS0030
        services.AddMetrics();
        services.AddSingleton<HealingMetrics>();
        services.AddHostedService<MetricsDeclaration>();
        services.AddSingleton<PoolWatch>();
        services.AddHostedService(s => s.GetRequiredService<PoolWatch>());
        services.AddSingleton<StoreConnection>();
        services.AddSingleton<StoreClock>();
        services.AddSingleton<StoreMemory>();
        services.AddSingleton<RecordCodec>();
        services.AddSingleton<HeartbeatStore>();
        services.AddSingleton<IHeartbeatStore>(s => new TimedStore(
            s.GetRequiredService<HeartbeatStore>(), s.GetRequiredService<HealingMetrics>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IIncidentStore>(s => s.GetRequiredService<HeartbeatStore>());
        services.AddSingleton<HeartbeatWriter>();
        services.AddSingleton(s => new SilenceRecorder(s.GetRequiredService<StoreClock>(), s.GetRequiredService<IOptions<HealingOptions>>().Value.Partitions));
        services.AddSingleton<StoreClockService>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<StoreClockService>());
        services.AddHostedService(s => s.GetRequiredService<StoreClockService>());
        services.AddHostedService(s => s.GetRequiredService<HeartbeatWriter>());
        services.AddHostedService<SilenceFlusher>();
    }

    private static void AddSupervision(IServiceCollection services)
    {
        services.AddSingleton<AgentKinds>();
        services.AddSingleton<HeartbeatPump>();
        services.AddSingleton<AgentHost>();
        services.AddSingleton(s => new LocalSilo(
            s.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(),
            s.GetRequiredService<ILocalSiloDetails>().Name));
        services.AddSingleton(s => new SupervisorNudge(
            s.GetRequiredService<IGrainFactory>(),
            s.GetRequiredService<IClusterMembershipService>(),
            s.GetRequiredService<IOptions<HealingOptions>>().Value.Partitions,
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new ExternalBeats(
            s.GetRequiredService<IHeartbeatStore>(),
            s.GetRequiredService<StoreClock>(),
            s.GetRequiredService<AgentKinds>(),
            s.GetRequiredService<SupervisorNudge>(),
            s.GetRequiredService<IGrainFactory>(),
            s.GetRequiredService<RemoteRuns>(),
            s.GetRequiredService<IOptions<HealingOptions>>().Value,
            s.GetRequiredService<SilenceRecorder>()));
        services.AddSingleton<RemoteRuns>();
        services.AddHostedService<RemoteFarewell>();
        services.AddSingleton(s => new ExternalCheckpoints(
            s.GetRequiredService<IHeartbeatStore>(),
            s.GetRequiredService<StoreClock>(),
            s.GetRequiredService<AgentKinds>(),
            s.GetRequiredService<RemoteRuns>(),
            s.GetRequiredService<IOptions<HealingOptions>>().Value));
        services.AddSingleton(s => new Reinstatements(
            s.GetRequiredService<IGrainFactory>(), s.GetRequiredService<IOptions<HealingOptions>>().Value.Partitions));
        services.AddSingleton<SiloLoads>();
        services.AddSingleton<GrainRestartBackend>();
        services.AddSingleton<RestartBackends>();
        services.AddSingleton<BackendDispatcher>();
        services.AddSingleton<SiloDirectory>();
        services.AddSingleton<SupervisorHost>();
        services.AddSingleton<FleetReader>();
        services.AddSingleton<SiloDrains>();
        services.AddSingleton<MaintenanceDesk>();
        services.AddSingleton<ActionFeed>();
        services.AddSingleton<FleetWatch>();
        services.AddSingleton<FleetHistory>();
        services.AddSingleton<Doctor>();
        services.AddSingleton<Explainer>();
        services.AddSingleton<SilenceReader>();
        services.AddSingleton<SiloAddressOfPages>();
        services.AddSingleton<SiloRegistration>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<SiloRegistration>());
        services.AddSingleton<StoreKeeper>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<StoreKeeper>());
        services.AddHostedService(s => s.GetRequiredService<StoreKeeper>());
        services.AddHostedService<MembershipRestorer>();
        services.AddSingleton<SiloObituary>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<SiloObituary>());
        services.AddHostedService(s => s.GetRequiredService<SiloObituary>());
        services.AddSingleton(s => new SupervisorWatch(
            s.GetRequiredService<IGrainFactory>(),
            s.GetRequiredService<IHeartbeatStore>(),
            s.GetRequiredService<StoreClock>(),
            s.GetRequiredService<SiloDirectory>(),
            s.GetRequiredService<IOptions<HealingOptions>>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>(),
            s.GetRequiredService<HealingMetrics>(),
            s.GetRequiredService<Microsoft.Extensions.Logging.ILogger<SupervisorWatch>>()));
        services.AddHostedService(s => s.GetRequiredService<SupervisorWatch>());
    }

    private static void AddAlerts(IServiceCollection services)
    {
        services.AddOptions<AlertOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>();
        services.AddSingleton<AlertChannels>();
        services.AddSingleton<AlertPost>();
        services.AddWebhookClient();
        services.AddSingleton<AlertReader>();
        services.AddSingleton<AlertTest>();
        services.AddSingleton<DeadManSwitch>();
        services.AddSingleton(s => new SiloAlarms(
            s.GetRequiredService<AlertPost>(),
            s.GetRequiredService<IIncidentStore>(),
            s.GetRequiredService<IHeartbeatStore>(),
            () => s.GetRequiredService<SupervisorWatch>().Pulses,
            s.GetRequiredService<ISiloPeers>(),
            s.GetRequiredService<DeadManSwitch>(),
            s.GetRequiredService<StoreClock>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<IOptions<AlertOptions>>().Value,
            s.GetRequiredService<IOptions<HealingOptions>>().Value,
            s.GetRequiredService<Microsoft.Extensions.Logging.ILogger<SiloAlarms>>()));
        services.AddSingleton<ISiloPeers, SiloPeers>();
        services.AddHostedService(s => s.GetRequiredService<SiloAlarms>());
    }
}
