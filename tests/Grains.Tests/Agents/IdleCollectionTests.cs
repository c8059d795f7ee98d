using Orleans.Configuration;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Agents;

/// <summary>Orleans takes down grains that nobody calls. Nobody calls the grain of an agent.</summary>
public sealed class IdleCollectionTests(GarnetStore store)
{
    private static readonly PolicySettings Quick = new() { HeartbeatSeconds = 0.5, Restart = RestartPolicy.Transient };

    [Fact]
    public async Task Collection_OfIdleGrains_TakesThoseWhoseBodyHasEndedAndNoOther()
    {
        var (atWork, done) = (AgentId.Parse("at-work"), AgentId.Parse("done"));
        await using var cluster = await HealingCluster.StartAsync(
            store,
            healing => healing.AddAgent<Lasting>("lasting").AddAgent<Brief>("brief"),
            configure: silo => silo.Configure<GrainCollectionOptions>(o => (o.CollectionAge, o.CollectionQuantum) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1))));
        await cluster.SpawnAsync(atWork, "lasting", Quick);
        await cluster.SpawnAsync(done, "brief", Quick);
        await cluster.SeeAsync(done, "to be completed", a => a.Status is AgentStatus.Completed);

        await HealingCluster.UntilAsync("the grain of the agent that is done to be collected", async () => !await IsActiveAsync(cluster, done));

        Assert.True(await IsActiveAsync(cluster, atWork));
        var agent = await cluster.SeeAsync(atWork, "to be healthy", a => a.Status is AgentStatus.Healthy);
        Assert.Equal((1, 0), (agent.Incarnation, agent.TotalRestarts));
    }

    private static async Task<bool> IsActiveAsync(HealingCluster cluster, AgentId id)
    {
        var management = cluster.Silos.Client.GetGrain<IManagementGrain>(0);
        return await management.GetActivationAddress(cluster.Silos.Client.GetGrain<IAgentGrain>(id.Value)) is not null;
    }

    private sealed class Lasting : IWorkerAgent
    {
        public Task RunAsync(AgentContext context, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private sealed class Brief : IWorkerAgent
    {
        public Task RunAsync(AgentContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
