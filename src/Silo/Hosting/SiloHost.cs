using Microsoft.Extensions.Options;
using Orleans.Dashboard;
using OrleansHealing.Agents.BuiltIn;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Hosting;
using OrleansHealing.Silo.Demo;
using OrleansHealing.Silo.EmbeddedStore;
using OrleansHealing.Silo.Health;
using OrleansHealing.Silo.Launching;
using OrleansHealing.Silo.Telemetry;

namespace OrleansHealing.Silo.Hosting;

/// <summary>One silo, from its options to its end.</summary>
internal static partial class SiloHost
{
    private const int StartFailed = 1;
    private const string OrleansDashboardPath = "orleans";

    /// <summary>For handing over agents, and leaving the cluster in good order.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Orleans tries to sign off from the store for two minutes, whatever the host says, when the store is away.</summary>
    private static readonly TimeSpan LongestStop = ShutdownTimeout + TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestDisposal = TimeSpan.FromSeconds(5);

    /// <summary>Runs a silo until it is told to stop.</summary>
    /// <param name="command">What its command line said.</param>
    /// <param name="output">Where it says that it is up.</param>
    /// <param name="errors">Where it says why it could not start.</param>
    /// <param name="more">Registers further kinds: the chaos suite has one that leaves traces outside the store.</param>
    /// <returns>0, or 1 when it could not start; the reason is on <paramref name="errors"/>.</returns>
    public static async Task<int> RunAsync(SiloCommand command, TextWriter output, TextWriter errors, Action<HealingBuilder>? more = null)
    {
        try
        {
            var builder = CreateBuilder(command);
            var settings = HealingConfiguration.ReadSettings(builder.Configuration);
            using var ports = SiloPorts.Reserve(
                FreePorts.OfThisMachine, settings.SiloPort, settings.GatewayPort, command.Urls ?? builder.Configuration["urls"]);
            var store = await SiloStore.FindAsync(builder.Configuration, settings, command.StoreDirectory, TimeProvider.System, CancellationToken.None);
            await using var connection = store.Connection;
            // Among machines every silo may have the same port; on one, the port tells them apart.
            var name = command.SiloName ?? (settings.ListenOnAllAddresses ? Environment.MachineName : $"silo-{ports.Silo}");

            builder.WebHost.UseUrls(ports.Urls);
            if (command.WithParent)
            {
                // Before Orleans, whose start takes seconds in which the order to stop may come.
                builder.Services.AddHostedService<ParentWatch>();
            }

            builder.UseOrleans(silo =>
            {
                var healing = AddSilo(silo, builder.Configuration, store, settings, ports, name);
                more?.Invoke(healing);
            });
            AddServices(builder, store, settings, ports, command, name);
            var quiet = new QuietEnd();
            builder.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>>(quiet);
            var app = builder.Build();
            quiet.Lifetime = app.Lifetime;
            app.Services.GetRequiredService<SiloAddressOfPages>().Url = ports.FirstUrl;
            Map(app, settings);
            app.Lifetime.ApplicationStarted.Register(() => output.WriteLine(UpLine.Of(name, ports.FirstUrl, settings.OrleansDashboard)));

            // The host would do so as well, and log the stack trace of what is said here in a sentence.
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            CheckExposure(app, ports);
            ProcessAgentExposure.Check(settings, ports.Urls.Split(';'), app.Services.GetRequiredService<IOptions<HealingDashboardOptions>>().Value, app.Logger);
            return await RunAsync(app, quiet);
        }
        catch (Exception e) when (Explain(e) is { } reason)
        {
            await errors.WriteLineAsync(reason);
            return StartFailed;
        }
    }

    private static async Task<int> RunAsync(WebApplication app, QuietEnd quiet)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception) when (quiet.IsStartBrokenOff)
        {
            // Told to stop before it was up: whatever the start failed with is the order's doing, and it stopped as it was told.
            // Nothing is disposed of: parts of Orleans still run after half a start, and end the process with a stack trace when
            // the services are taken from under them.
            return 0;
        }

        if (await StopsInTimeAsync(app))
        {
            await DisposeInTimeAsync(app);
        }
        else
        {
            LogOverdue(app.Logger, LongestStop.TotalSeconds);
        }

        return Environment.ExitCode;
    }

    private static async Task<bool> StopsInTimeAsync(WebApplication app)
    {
        var ordered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = app.Lifetime.ApplicationStopping.Register(ordered.SetResult);
        var stopped = app.WaitForShutdownAsync();
        await ordered.Task;
        try
        {
            await stopped.WaitAsync(LongestStop, app.Services.GetRequiredService<TimeProvider>());
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>
    /// Its last spans, logs and metrics are sent while it is disposed of, and a receiver that takes them and never answers was seen to hold
    /// that up for 15 s, five for each. The silo has left the cluster by then, and ends without them.
    /// </summary>
    private static async Task DisposeInTimeAsync(WebApplication app)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();

        // Elsewhere, since who sends them waits for the answer on its thread.
        var disposal = Task.Run(async () => await app.DisposeAsync());
        await Task.WhenAny(disposal, Task.Delay(LongestDisposal, time));
        if (disposal.IsCompleted)
        {
            await disposal;
        }
    }

    private static WebApplicationBuilder CreateBuilder(SiloCommand command)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = [.. command.Configuration],
            ApplicationName = typeof(SiloHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        return builder;
    }

    private static HealingBuilder AddSilo(
        ISiloBuilder silo, ConfigurationManager configuration, SiloStore store, SiloSettings settings, SiloPorts ports, string name)
    {
        silo.UseSiloStore(store, settings, ports, name);
        var healing = silo.AddHealing(options =>
            {
                configuration.GetSection(HealingOptions.SectionName).Bind(options);
                options.ConnectionString = store.ConnectionString;
            })
            .AddAgent<DataProcessingAgent>(DataProcessingAgent.Kind, DataProcessingAgent.Configure)
            .AddExternalAgents(options => HealingConfiguration.BindExternalAgents(configuration, options))
            .AddAlerts(options => HealingConfiguration.BindAlerts(configuration, options))
            .AddAgent<HangingAgent>(HangingAgent.KindName, HangingAgent.Configure);
        if (settings.ProcessAgents.Enabled)
        {
            healing.AddProcessAgents(configuration.GetSection(HealingConfiguration.ProcessAgentsSection).Bind);
        }

        if (settings.DockerAgents.Enabled)
        {
            healing.AddDockerAgents(configuration.GetSection(HealingConfiguration.DockerAgentsSection).Bind);
        }

        if (settings.KubernetesAgents.Enabled)
        {
            healing.AddKubernetesAgents(configuration.GetSection(HealingConfiguration.KubernetesAgentsSection).Bind);
        }

        return healing;
    }

    private static void AddServices(
        WebApplicationBuilder builder, SiloStore store, SiloSettings settings, SiloPorts ports, SiloCommand command, string name)
    {
        builder.Services.AddHealingDashboard(options =>
        {
            options.OrleansDashboard = settings.OrleansDashboard ? OrleansDashboardPath : null;
            options.AllowKillingSilos = command.Demo || builder.Environment.IsDevelopment();
            HealingConfiguration.Bind(builder.Configuration, ports.Hosts, options);
        });
        builder.Services.AddHealthChecks()
            .AddCheck<SiloHealthCheck>("silo")
            .AddCheck<StoreHealthCheck>("store")
            .AddCheck<SupervisorHealthCheck>("supervisor")
            .AddCheck<BodiesHealthCheck>("bodies")
            .AddCheck<PoolHealthCheck>("pool");
        builder.AddSiloTelemetry(name);
        if (store.Guarded is { } guarded)
        {
            builder.Services.AddSingleton(guarded);
            builder.Services.AddSingleton(store.Connection);
            builder.Services.AddSingleton<EmbeddedStoreProcess>(s => new EmbeddedStoreProcess(s.GetRequiredService<TimeProvider>()));
            builder.Services.AddHostedService<EmbeddedStoreGuard>();
        }

        if (command.Demo)
        {
            builder.Services.AddHostedService<DemoFleet>();
        }
    }

    private static void Map(WebApplication app, SiloSettings settings)
    {
        app.MapHealthPages();
        app.MapSiloTelemetry();
        if (settings.OrleansDashboard)
        {
            app.MapOrleansDashboard($"/{OrleansDashboardPath}").AddEndpointFilter(app.Services.GetRequiredService<EndpointGuard>());
        }

        app.MapHealing();
    }

    /// <summary>Before it joins the cluster, while the dashboard looks only once it listens.</summary>
    private static void CheckExposure(WebApplication app, SiloPorts ports) => Exposure.Check(
        ports.Urls.Split(';'),
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(d => d.Endpoints),
        app.Services.GetRequiredService<IOptions<HealingDashboardOptions>>().Value);

    /// <summary>The reason in words for a user; null for what is no user's doing, which keeps its stack trace.</summary>
    private static string? Explain(Exception e) => e switch
    {
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures),
        SiloStartException or PortTakenException or EmbeddedStoreException => e.Message,
        InvalidOperationException { InnerException: FormatException or ArgumentException } unreadable => unreadable.Message,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } taken => taken.Message,
        _ => null,
    };

    [LoggerMessage(1, LogLevel.Warning, "It could not leave the cluster in {Seconds} s, most likely because the store is away; it ends as it is, and the others will find it dead")]
    private static partial void LogOverdue(ILogger logger, double seconds);
}
