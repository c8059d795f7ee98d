using System.Text.Json;

namespace OrleansHealing.Silo.Healing;

/// <summary>What the product is for, seen from outside: real silos, a real store, real deaths.</summary>
public sealed class HealingTests
{
    [Theory, InlineData(StoreKind.Redis), InlineData(StoreKind.Embedded, Explicit = true)]
    public async Task Crash_Exception_GoesOnFromItsCheckpointUnderTheNextIncarnation(StoreKind store)
    {
        await using var cluster = await SiloCluster.StartAsync(store, silos: 1);
        var text = TextFile.Create(cluster.Root, bytes: 400_000, seed: 1);
        await cluster.SpawnAsync("reader", "data-processing", new { path = text.Path, linesPerSecond = 2_000, checkpointEvery = 100 });
        await cluster.SeeAgentAsync("reader", "to have read some lines", a => a.Progress.ValueKind is JsonValueKind.Object && a.Progress.GetProperty("lines").GetInt64() > 0);

        await cluster.PostAsync("/agents/reader/crash", new { mode = "exception" });

        text.AssertCounted(await cluster.SeeAgentAsync("reader", "to be completed", a => a.Status == "completed"));
        var actions = await cluster.ActionsAsync("reader");
        Assert.Equal(
            ["spawned 1", "recovered 1", "failed 1", "restarting 2", "recovered 2", "completed 2"],
            actions.Where(a => a.GetProperty("action").GetString() != "stabilized")
                .Select(a => $"{a.GetProperty("action").GetString()} {a.GetProperty("incarnation").GetInt64()}"));
        Assert.Contains("failure 1 of 8", actions.Single(a => a.GetProperty("action").GetString() == "failed").GetProperty("details").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, actions.Single(a => a.GetProperty("action").GetString() == "restarting").GetProperty("backoffSeconds").GetDouble());
    }

    [Theory, InlineData(StoreKind.Redis), InlineData(StoreKind.Embedded, Explicit = true)]
    public async Task SiloKilled_OneOfThree_ItsAgentsBeatElsewhereEachUnderOneNewIncarnation(StoreKind store)
    {
        await using var cluster = await SiloCluster.StartAsync(store, silos: 3, SiloCluster.NoMoves);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 3);
        var ids = Enumerable.Range(0, 60).Select(i => $"agent-{i:00}").ToList();
        await Task.WhenAll(ids.Select(id => cluster.SpawnAsync(id, "data-processing", new { path = text.Path, linesPerSecond = 5 })));
        var before = await Eventually.SeeAsync(
            "60 healthy agents, some on each silo",
            cluster.AgentsAsync,
            all => all.Count(a => a.Status == "healthy") == 60 && cluster.Silos.All(silo => all.Count(a => a.Silo == silo.Name) >= 5));

        // The silo with the supervisor: both have to be made up for at once.
        var supervisor = (await cluster.GetAsync("/overview")).GetProperty("supervisors")[0].GetProperty("silo").GetString()!;
        await cluster.Silo(supervisor).KillAsync();

        var after = await Eventually.SeeAsync(
            "60 healthy agents on the two silos that are left",
            cluster.AgentsAsync,
            all => all.Count(a => a.Status == "healthy" && a.Silo != supervisor) == 60);
        foreach (var (was, now) in before.OrderBy(a => a.Id, StringComparer.Ordinal).Zip(after.OrderBy(a => a.Id, StringComparer.Ordinal)))
        {
            var moved = was.Silo == supervisor;
            Assert.Equal((was.Id, was.Incarnation + (moved ? 1 : 0), 0), (now.Id, now.Incarnation, now.Failures));
            Assert.Equal(moved ? "silo-lost" : null, now.LastReason);
        }
    }

    [Fact]
    public async Task SiloStopped_InGoodOrder_HandsItsAgentsOverWithoutAFailure()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 2);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 4);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            cluster.SpawnAsync($"agent-{i}", "data-processing", new { path = text.Path, linesPerSecond = 50, checkpointEvery = 1_000_000 })));
        await Eventually.SeeAsync("10 healthy agents that have read", cluster.AgentsAsync, all => all.Count(HasRead) == 10);
        var leaving = cluster.Silos[0];
        var read = (await cluster.AgentsAsync()).ToDictionary(a => a.Id, a => a.Progress.GetProperty("lines").GetInt64());

        await leaving.StopAsync(TimeSpan.FromSeconds(40));

        Assert.Equal(0, leaving.ExitCode);
        var after = await Eventually.SeeAsync(
            "10 healthy agents on the silo that is left", cluster.AgentsAsync, all => all.Count(a => a.Status == "healthy" && a.Silo != leaving.Name && HasRead(a)) == 10);
        Assert.All(after, a => Assert.Equal((0, null), (a.Failures, a.LastReason)));
        Assert.All(after, a => Assert.True(a.Progress.GetProperty("lines").GetInt64() >= read[a.Id], $"{a.Id} went back from {read[a.Id]}: {a.Progress}"));

        static bool HasRead(AgentSeen a) => a.Status == "healthy" && a.Progress.ValueKind is JsonValueKind.Object && a.Progress.GetProperty("lines").GetInt64() > 0;
    }

    [Theory, InlineData(StoreKind.Redis), InlineData(StoreKind.Embedded, Explicit = true)]
    public async Task CrashLoop_WaitsAndIsQuarantined_SurvivingTheDeathOfItsSupervisorsSilo(StoreKind store)
    {
        await using var cluster = await SiloCluster.StartAsync(store, silos: 2);
        var text = TextFile.Create(cluster.Root, bytes: 10_000, seed: 5);
        var policy = new { heartbeatSeconds = 0.05, backoff = new { baseSeconds = 0.1, maxSeconds = 1.0, jitter = 0.1 } };
        await cluster.SpawnAsync("doomed", "data-processing", new { path = text.Path, linesPerSecond = 1, crashAfterHeartbeats = 1 }, policy);
        await cluster.SeeAgentAsync("doomed", "to have failed four times", a => a.Failures >= 4);

        var supervisor = (await cluster.GetAsync("/overview")).GetProperty("supervisors")[0].GetProperty("silo").GetString()!;
        await cluster.Silo(supervisor).KillAsync();

        var quarantined = await cluster.SeeAgentAsync("doomed", "to be quarantined", a => a.Status == "quarantined");
        Assert.Equal(8, quarantined.Failures);
        var waits = (await cluster.ActionsAsync("doomed"))
            .Where(a => a.GetProperty("action").GetString() == "backing-off")
            .Select(a => a.GetProperty("backoffSeconds").GetDouble()).ToList();
        Assert.Equal(6, waits.Count);
        Assert.All(waits.Zip([0.2, 0.4, 0.8, 1, 1, 1]), pair => Assert.InRange(pair.First, pair.Second * 0.9, pair.Second * 1.1));

        await cluster.PostAsync("/agents/doomed/release");
        await cluster.SeeAgentAsync("doomed", "to run again after its release", a => a.Failures is > 0 and < 8 && a.Incarnation > quarantined.Incarnation);
    }
}
