using System.Net;

namespace OrleansHealing.Silo.Healing;

/// <summary>Pauses with an end, of one agent, of a label and of the whole fleet, on real silos.</summary>
public sealed class MaintenanceTests
{
    [Theory(Explicit = true), CombinedStores]
    public async Task Pause_WithAnEnd_IsResumedByItselfAlsoWhenItsSupervisorsSiloDied(StoreKind store)
    {
        await using var cluster = await SiloCluster.StartAsync(store, silos: 2);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 41);
        await cluster.SpawnReadersAsync(2, text.Path, linesPerSecond: 50, checkpointEvery: 1);
        await cluster.SeeAgentAsync("agent-00", "to have read", a => a.Status == "healthy" && a.Lines > 20);

        await cluster.PostAsync("/agents/agent-00/pause", new { forSeconds = 10, reason = "upgrade" });
        var paused = await cluster.GetAsync("/agents/agent-00");
        Assert.Equal(("paused", "upgrade"), (paused.GetProperty("status").GetString(), paused.GetProperty("desired").GetProperty("reason").GetString()));
        var until = paused.GetProperty("pausedUntil").GetDateTimeOffset();
        await cluster.Silo(await cluster.SupervisorAsync()).KillAsync();

        var resumed = await cluster.SeeAgentAsync("agent-00", "to be healthy as incarnation 2", a => a is { Status: "healthy", Incarnation: 2 } && a.Lines > 20);
        Assert.Equal((0, null), (resumed.Failures, resumed.LastReason));
        var action = (await cluster.ActionsAsync("agent-00")).Single(a => a.GetProperty("action").GetString() == "resumed");
        Assert.Equal("pause-expired", action.GetProperty("reason").GetString());
        Assert.True(action.GetProperty("at").GetDateTimeOffset() >= until, $"resumed at {action.GetProperty("at")}, paused until {until:O}");
    }

    [Theory, InlineData(StoreKind.Redis), InlineData(StoreKind.Embedded, Explicit = true)]
    public async Task Maintenance_OfTheFleetAndOfALabel_HoldsWhoIsThereAndWhoComes(StoreKind store)
    {
        await using var cluster = await SiloCluster.StartAsync(store, silos: 2, SiloCluster.NoMoves);
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 42);
        foreach (var (id, team) in new[] { ("red-1", "red"), ("red-2", "red"), ("blue-1", "blue"), ("own", "blue") })
        {
            await SpawnAsync(cluster, id, team, text);
        }

        await SeeAllAsync(cluster, "healthy", "red-1", "red-2", "blue-1", "own");
        await cluster.PostAsync("/agents/own/pause");

        await cluster.PostAsync("/maintenance", new { labels = new { team = "red" }, reason = "their database moves" });
        await SeeAllAsync(cluster, "paused", "red-1", "red-2", "own");
        Assert.Equal("healthy", (await cluster.AgentAsync("blue-1")).Status);
        Assert.Equal(
            ["red-1", "red-2"],
            (await cluster.GetAsync("/agents?label=team%3Dred")).GetProperty("items").EnumerateArray().Select(a => a.GetProperty("id").GetString()));

        // Who comes, who is released and who fails over meanwhile is held as well.
        await SpawnAsync(cluster, "red-3", "red", text);
        await cluster.PostAsync("/maintenance", new { all = true, forSeconds = 600 });
        await SeeAllAsync(cluster, "paused", "red-1", "red-2", "red-3", "blue-1", "own");
        await cluster.Silo(await cluster.SupervisorAsync()).KillAsync();
        await SpawnWhileASiloDiesAsync(cluster, "blue-2", "blue", text);
        await SeeAllAsync(cluster, "paused", "red-1", "red-2", "red-3", "blue-1", "blue-2", "own");
        using (var refused = await Eventually.SeeAsync(
            "an answer", () => cluster.SendAsync(HttpMethod.Post, "/agents/blue-1/resume", new { }), r => r.StatusCode is not HttpStatusCode.ServiceUnavailable))
        {
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        }

        Assert.Equal(
            ["", "team"],
            (await cluster.GetAsync("/overview")).GetProperty("maintenance").EnumerateArray()
                .Select(o => string.Join(',', o.GetProperty("labels").EnumerateObject().Select(l => l.Name))));

        await EndAsync(cluster, "all=true");
        await SeeAllAsync(cluster, "healthy", "blue-1", "blue-2");
        await SeeAllAsync(cluster, "paused", "red-1", "red-2", "red-3", "own");
        await EndAsync(cluster, "label=team%3Dred");
        await SeeAllAsync(cluster, "healthy", "red-1", "red-2", "red-3", "blue-1", "blue-2");

        var agents = await cluster.AgentsAsync();
        Assert.Equal("paused", agents.Single(a => a.Id == "own").Status);
        Assert.All(agents, a => Assert.Equal((0, a.Id == "own" ? 1 : 2), (a.Failures, a.Incarnation)));
    }

    private static Task SpawnAsync(SiloCluster cluster, string id, string team, TextFile text) =>
        cluster.PostAsync("/agents", new { id, kind = "data-processing", settings = new { path = text.Path, linesPerSecond = 10 }, labels = new { team } });

    /// <summary>An order whose answer is that nobody knows is given again, and "there already" then means that it was carried out.</summary>
    private static async Task SpawnWhileASiloDiesAsync(SiloCluster cluster, string id, string team, TextFile text)
    {
        var definition = new { id, kind = "data-processing", settings = new { path = text.Path, linesPerSecond = 10 }, labels = new { team } };
        using var spawned = await Eventually.SeeAsync(
            $"{id} to be taken on", () => cluster.SendAsync(HttpMethod.Post, "/agents", definition), r => r.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict);
    }

    private static async Task EndAsync(SiloCluster cluster, string scope)
    {
        using var ended = await cluster.SendAsync(HttpMethod.Delete, $"/maintenance?{scope}", null);
        Assert.True(ended.IsSuccessStatusCode, await ended.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static Task<IReadOnlyList<AgentSeen>> SeeAllAsync(SiloCluster cluster, string status, params string[] ids) => Eventually.SeeAsync(
        $"{string.Join(", ", ids)} to be {status}", cluster.AgentsAsync, all => ids.All(id => all.Single(a => a.Id == id).Status == status));
}
