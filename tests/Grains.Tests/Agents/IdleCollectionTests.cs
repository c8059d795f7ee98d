using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Agents;

/// <summary>Orleans takes down grains that nobody calls. Nobody calls the grain of an agent.</summary>
public sealed class IdleCollectionTests(GarnetStore store)
{
    private static readonly PolicySettings Quick = new() { HeartbeatSeconds = 0.5 };

    [Fact]
    public async Task Collection_OfIdleGrains_TakesOneWithoutABodyAndNoneWithOne()
    {
        var atWork = AgentId.Parse("at-work");
        await using var cluster = await HealingCluster.StartAsync(store, healing => healing.AddAgent<Lasting>("lasting"));
        await cluster.SpawnAsync(atWork, "lasting", Quick);
        await cluster.SeeAsync(atWork, "to be healthy", a => a.Status is AgentStatus.Healthy);
        var nobody = AgentId.Parse("nobody");
        Assert.Null(await cluster.Silos.Client.GetGrain<IAgentGrain>(nobody.Value).CrashAsync(CrashMode.Exception));
        Assert.True(await IsActiveAsync(cluster, nobody));

        // The collector's own rounds are minutes apart; how long a grain must be idle is all that differs.
        await HealingCluster.UntilAsync("the grain without a body to be collected", async () =>
        {
            await cluster.Silos.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
            return !await IsActiveAsync(cluster, nobody);
        });

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
}
