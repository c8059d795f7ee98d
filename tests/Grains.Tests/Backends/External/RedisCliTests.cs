using System.Diagnostics;
using System.Globalization;
using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Architecture;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Backends.External;

/// <summary>The line of docs/PROCESSES.md by which an agent beats with no silo in reach.</summary>
public sealed class RedisCliTests(GarnetStore store)
{
    private static readonly AgentId Id = AgentId.Parse("outsider");
    private static readonly PolicySettings Quick = new() { TimeoutSeconds = 2, HeartbeatSeconds = 0.5, StartupSeconds = 30 };

    [Fact]
    public async Task Line_OfTheDocument_KeepsAnAgentAliveAndIsRefusedOnceItIsReplaced()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/redis-cli"), "redis-cli is not installed: apt-get install redis-tools.");
        await using var cluster = await HealingCluster.StartAsync(store, healing => healing.AddExternalAgents());
        await cluster.SpawnAsync(Id, ExternalAgentExtensions.Kind, Quick);
        await cluster.Fleet.HeartbeatAsync(Id, new(1));
        var began = (await cluster.SeeAsync(Id, "to be healthy", a => a.Status is AgentStatus.Healthy)).LastHeartbeatAt!.Value;

        // For four timeouts, by the deadlines that the store holds.
        var taken = 0;
        await HealingCluster.UntilAsync("it to have beaten for four timeouts", async () =>
        {
            taken += await BeatAsync(cluster, 1);
            var agent = (await cluster.Fleet.DescribeAsync(Id))!.Agent;
            Assert.Equal((AgentStatus.Healthy, 1), (agent.Status, agent.Incarnation));
            return agent.Deadline - began > 4 * TimeSpan.FromSeconds(Quick.TimeoutSeconds!.Value);
        });
        Assert.InRange(taken, 4, 20);

        await cluster.SeeAsync(Id, "to be restarted, since it beats no more", a => a.Incarnation == 2);
        Assert.Equal(0, await BeatAsync(cluster, 1));
    }

    private static async Task<int> BeatAsync(HealingCluster cluster, long incarnation)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(SourceTree.Src, "..", "docs", "PROCESSES.md"), TestContext.Current.CancellationToken);
        var options = ConfigurationOptions.Parse(cluster.Connection);
        var port = ((System.Net.IPEndPoint)options.EndPoints[0]).Port;
        var line = text.Split('\n').Single(l => l.StartsWith("redis-cli ZADD", StringComparison.Ordinal))
            .Replace("redis-cli", $"redis-cli -p {port}{(options.Password is { } password ? $" -a {password} --no-auth-warning" : "")}", StringComparison.Ordinal)
            .Replace("healing:", $"{cluster.Prefix}:", StringComparison.Ordinal)
            .Replace("+ 10", $"+ {Quick.TimeoutSeconds}", StringComparison.Ordinal)
            .Replace("poller#3", $"{Id}#{incarnation}", StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", line]) { RedirectStandardOutput = true })!;
        var said = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return int.Parse(said, CultureInfo.InvariantCulture);
    }
}
