using Orleans.TestingHost;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Heartbeats.Contract;

namespace OrleansHealing.Tests.Hosting;

/// <summary>Any Orleans host with supervised agents: silos in this process, under a prefix of their own on a real store.</summary>
internal sealed class HealingCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private HealingCluster(InProcessTestCluster silos, string connection, string prefix) => (Silos, Connection, Prefix) = (silos, connection, prefix);

    public InProcessTestCluster Silos { get; }

    public string Connection { get; }

    public string Prefix { get; }

    public IFleetGrain Fleet => Silos.Client.GetFleet();

    public static async Task<HealingCluster> StartAsync(GarnetStore store, Action<HealingBuilder> add, short silos = 1, TimeSpan? maxSleep = null, Action<ISiloBuilder>? configure = null)
    {
        var connection = await store.ConnectionStringAsync();
        var prefix = $"t{Guid.NewGuid():N}";
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            add(silo
                .UseInMemoryReminderService()
                .AddHealing(options =>
                {
                    (options.ConnectionString, options.KeyPrefix) = (connection, prefix);
                    options.MaxSleep = maxSleep ?? options.MaxSleep;
                }));
            configure?.Invoke(silo);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new HealingCluster(cluster, connection, prefix);
    }

    /// <summary>Spawns an agent, which must be accepted.</summary>
    public async Task SpawnAsync(AgentId id, string kind, PolicySettings policy) =>
        Assert.Equal(CommandOutcome.Ok, (await Fleet.SpawnAsync(new AgentDefinition { Id = id, Kind = kind, Policy = policy, Labels = new Dictionary<string, string> { ["cluster"] = Prefix } }, "anna")).Outcome);

    /// <summary>The agent, once it is as awaited.</summary>
    public async Task<AgentView> SeeAsync(AgentId id, string awaited, Func<AgentView, bool> isIt)
    {
        AgentView? seen = null;
        await UntilAsync($"'{id}' {awaited}", async () => (seen = (await Fleet.DescribeAsync(id))?.Agent) is { } agent && isIt(agent), () => seen);
        return seen!;
    }

    public static Task UntilAsync(string awaited, Func<bool> isIt, Func<object?>? seen = null) => UntilAsync(awaited, () => Task.FromResult(isIt()), seen);

    public static async Task UntilAsync(string awaited, Func<Task<bool>> isIt, Func<object?>? seen = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!await isIt())
        {
            Assert.False(limit.IsCancellationRequested, $"Awaited for {Patience.TotalSeconds} s: {awaited}. Seen: {seen?.Invoke()}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Silos.StopAllSilosAsync();
        await Silos.DisposeAsync();
    }
}
