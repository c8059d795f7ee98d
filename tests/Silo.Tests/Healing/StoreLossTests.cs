using System.Text.Json;
using StackExchange.Redis;

namespace OrleansHealing.Silo.Healing;

/// <summary>The store loses data under a running fleet: bodies go on as they are, and no incarnation is granted a second time.</summary>
public sealed class StoreLossTests
{
    // No agent of these tests is restarted so often; after a loss numbers begin above the time in seconds.
    private const long AfterALoss = 1_000_000;

    [Theory(Explicit = true), CombinedStores]
    public async Task FlushAll_UnderARunningFleet_BodiesAreTakenBackAndNobodyIsStartedTwice(StoreKind store)
    {
        await using var cluster = await SiloCluster.StartAsync(store, silos: 2);
        var text = TextFile.Create(cluster.Root, bytes: 3_000_000, seed: 21);
        await cluster.SpawnReadersAsync(8, text.Path, linesPerSecond: 100, checkpointEvery: 20);
        await cluster.PostAsync("/agents/agent-00/crash", new { mode = "exception" });
        await cluster.SeeAgentAsync("agent-00", "to be healthy again", a => a is { Status: "healthy", Incarnation: 2 });
        var before = await Eventually.SeeAsync("eight readers that have read", cluster.AgentsAsync, all => all.Count(a => a is { Status: "healthy", Lines: > 100 }) == 8);

        await using (var witness = new Witness(cluster))
        {
            await FlushAllAsync(cluster);

            await Eventually.SeeAsync("8 agents that are healthy again", cluster.AgentsAsync, all => all.Count(a => a.Status == "healthy") == 8);
            var after = await cluster.GetOnAsync();
            Assert.Equal(before.Select(a => (a.Id, a.Incarnation, a.Silo)), after.Select(a => (a.Id, a.Incarnation, a.Silo)));
            Assert.All(before.Zip(after), pair => Assert.True(pair.Second.Lines > pair.First.Lines, $"{pair.First} went back: {pair.Second}"));
            foreach (var agent in after)
            {
                Assert.Equal(
                    ["repaired re-registered", "recovered first-heartbeat"],
                    (await cluster.ActionsAsync(agent.Id)).Select(a => $"{a.GetProperty("action").GetString()} {a.GetProperty("reason").GetString()}"));
            }

            // The last checkpoint came back with it, so it goes on from there, under a number that nobody ever had.
            await cluster.PostAsync("/agents/agent-01/crash", new { mode = "exception" });
            var restarted = await cluster.SeeAgentAsync("agent-01", "to be healthy again", a => a is { Status: "healthy", Incarnation: > AfterALoss, Lines: > 0 });
            Assert.True(restarted.Lines >= after[1].Lines - 200, $"agent-01 was at {after[1].Lines} and began again at {restarted.Lines}");
            await cluster.SpawnAsync("newcomer", "data-processing", new { path = text.Path, linesPerSecond = 10 });
            await cluster.SeeAgentAsync("newcomer", "to start above every number", a => a is { Status: "healthy", Incarnation: > AfterALoss });

            // Silos find each other again, and new ones find them.
            await cluster.AddSiloAsync();
            var silos = (await cluster.GetAsync("/silos")).GetProperty("items").EnumerateArray().Select(s => $"{s.GetProperty("name")} {s.GetProperty("status")}");
            Assert.Equal(["silo-1 active", "silo-2 active", "silo-3 active"], silos.Order(StringComparer.Ordinal));
            await witness.SawNothingWrongAsync();
        }
    }

    [Fact(Explicit = true)]
    public async Task FailOver_ToAReplicaWithoutTheLastWrites_GrantsNothingTwice()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync("--replicaof", $"127.0.0.1 {primary.Port}");
        await using var cluster = await SiloCluster.StartOnAsync($"{primary.Endpoint},{replica.Endpoint}", silos: 2);
        var text = TextFile.Create(cluster.Root, bytes: 3_000_000, seed: 22);
        await cluster.SpawnReadersAsync(6, text.Path, linesPerSecond: 100, checkpointEvery: 20);
        Assert.Equal(1, (int)await primary.ExecuteAsync("WAIT", "1", "20000"));

        // From now on it gets nothing more: it asks a server that is not there.
        await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
        await cluster.PostAsync("/agents/agent-00/crash", new { mode = "exception" });
        await cluster.SeeAgentAsync("agent-00", "to be healthy again", a => a is { Status: "healthy", Incarnation: 2 });
        await cluster.SpawnAsync("latecomer", "data-processing", new { path = text.Path, linesPerSecond = 100 });
        var before = await cluster.SeeAgentAsync("latecomer", "to read", a => a is { Status: "healthy", Lines: > 50 });
        Assert.Equal(1, before.Incarnation);

        await using (var witness = new Witness(cluster) { StoreGoesBack = true })
        {
            await primary.KillAsync();
            await replica.ExecuteAsync("REPLICAOF", "NO", "ONE");

            await Eventually.SeeAsync("7 healthy agents", cluster.AgentsAsync, all => all.Count(a => a.Status == "healthy") == 7);
            var after = await cluster.GetOnAsync();
            Assert.Equal((2, "repaired re-registered"), (after.Single(a => a.Id == "agent-00").Incarnation, await LastRepairAsync(cluster, "agent-00")));
            Assert.Equal((1, "repaired re-registered"), (after.Single(a => a.Id == "latecomer").Incarnation, await LastRepairAsync(cluster, "latecomer")));
            Assert.All(after.Where(a => a.Id is not "agent-00"), a => Assert.Equal(("healthy", 0, 1), (a.Status, a.Failures, a.Incarnation)));

            await cluster.PostAsync("/agents/agent-00/crash", new { mode = "exception" });
            await cluster.SeeAgentAsync("agent-00", "to go on above every number that may have been lost", a => a is { Status: "healthy", Incarnation: > AfterALoss });
            await witness.SawNothingWrongAsync();
        }
    }

    private static async Task FlushAllAsync(SiloCluster cluster)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(cluster.StoreConnection + ",allowAdmin=true");
        await connection.GetDatabase().ExecuteAsync("FLUSHALL");
    }

    private static async Task<string?> LastRepairAsync(SiloCluster cluster, string id)
    {
        var action = (await cluster.ActionsAsync(id)).LastOrDefault(a => a.GetProperty("action").GetString() == "repaired");
        return action.ValueKind is JsonValueKind.Object ? $"{action.GetProperty("action").GetString()} {action.GetProperty("reason").GetString()}" : null;
    }
}
