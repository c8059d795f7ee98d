namespace OrleansHealing.Silo.Healing;

/// <summary>What one silo is enough for, seen from outside.</summary>
public sealed class OneSiloTests(OneSilo silo) : IClassFixture<OneSilo>
{
    private SiloCluster Cluster => silo.Cluster;

    [Fact]
    public async Task Crash_EveryMode_IsNoticedForWhatItIsAndHealed()
    {
        (string Mode, string Reason)[] modes = [("exit", "exited"), ("hang", "stuck"), ("block", "stuck"), ("silent", "silent")];
        var text = TextFile.Create(Cluster.Root, bytes: 100_000, seed: 2);
        var policy = new { heartbeatSeconds = 0.1, timeoutSeconds = 2.0, progressTimeoutSeconds = 3.0, stopSeconds = 0.2 };
        await Task.WhenAll(modes.Select(m => Cluster.SpawnAsync(m.Mode, "data-processing", new { path = text.Path, linesPerSecond = 10 }, policy)));
        var before = await Eventually.SeeAsync(
            "healthy agents", AgentsAsync, all => all.Count == modes.Length && all.Values.All(a => a.Status == "healthy"));

        await Task.WhenAll(modes.Select(m => Cluster.PostAsync($"/agents/{m.Mode}/crash", new { mode = m.Mode })));

        foreach (var (mode, reason) in modes)
        {
            var healed = await Cluster.SeeAgentAsync(mode, "to beat as the next incarnation", a => a is { Status: "healthy" } && a.Incarnation == before[mode].Incarnation + 1);
            Assert.Equal((mode, reason, 1), (healed.Id, healed.LastReason, healed.Failures));
        }

        async Task<IReadOnlyDictionary<string, AgentSeen>> AgentsAsync() =>
            (await Cluster.AgentsAsync()).Where(a => modes.Any(m => m.Mode == a.Id)).ToDictionary(a => a.Id);
    }

    [Fact]
    public async Task Crash_Exception_GoesOnFromItsCheckpoint()
    {
        var text = TextFile.Create(Cluster.Root, bytes: 200_000, seed: 1);
        await Cluster.SpawnAsync("reader", "data-processing", new { path = text.Path, linesPerSecond = 700, checkpointEvery = 100 });
        var before = await Cluster.SeeAgentAsync("reader", "to have read some lines", a => a.Lines > 0);

        await Cluster.PostAsync("/agents/reader/crash", new { mode = "exception" });

        var after = await Cluster.SeeAgentAsync("reader", "to be completed", a => a.Status == "completed");
        text.AssertCounted(after);
        Assert.Equal((before.Incarnation + 1, before.Restarts + 1), (after.Incarnation, after.Restarts));
        var (was, now) = (before.Incarnation, after.Incarnation);
        Assert.Equal(
            [$"spawned {was}", $"recovered {was}", $"failed {was}", $"restarting {now}", $"recovered {now}", $"completed {now}"],
            (await Cluster.ActionsAsync("reader")).Where(a => a.GetProperty("action").GetString() != "stabilized")
                .Select(a => $"{a.GetProperty("action").GetString()} {a.GetProperty("incarnation").GetInt64()}"));
    }

    [Fact]
    public async Task Spawn_OfAProcessWhereTheyAreNotEnabled_IsRefused()
    {
        using var answer = await Cluster.SendAsync(HttpMethod.Post, "/agents", new { id = "shell", kind = "process", settings = new { command = "sh" } });

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("must be a registered kind", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OrleansDashboard_SwitchedOff_IsNeitherServedNorLinked()
    {
        using var http = new HttpClient { BaseAddress = new Uri(Cluster.Silos[0].Url!) };
        using var pages = await http.GetAsync(new Uri("/orleans/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(404, (int)pages.StatusCode);
        Assert.DoesNotContain("Orleans:", Cluster.Silos[0].Output, StringComparison.Ordinal);
        Assert.Contains("\"orleansDashboard\":null", await http.GetStringAsync(new Uri("/api/v1/session", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PauseResumeRestartRemove_DoWhatAPersonOrdered()
    {
        var text = TextFile.Create(Cluster.Root, bytes: 200_000, seed: 6);
        await Cluster.SpawnAsync("agent", "data-processing", new { path = text.Path, linesPerSecond = 10 });
        var first = (await Cluster.SeeAgentAsync("agent", "to be healthy", a => a.Status == "healthy")).Incarnation;

        await Cluster.PostAsync("/agents/agent/pause", new { reason = "maintenance" });
        Assert.Equal("paused", (await Cluster.AgentAsync("agent")).Status);
        using (var conflict = await Cluster.SendAsync(HttpMethod.Post, "/agents/agent/restart", new { }))
        {
            Assert.Equal(409, (int)conflict.StatusCode);
        }

        await Cluster.PostAsync("/agents/agent/resume");
        await Cluster.SeeAgentAsync("agent", "to be healthy as the next incarnation", a => a is { Status: "healthy", Failures: 0 } && a.Incarnation == first + 1);
        await Cluster.PostAsync("/agents/agent/restart");
        await Cluster.SeeAgentAsync("agent", "to be healthy as the one after", a => a is { Status: "healthy", Failures: 0 } && a.Incarnation == first + 2);

        using (var removed = await Cluster.SendAsync(HttpMethod.Delete, "/agents/agent", null))
        {
            Assert.True(removed.IsSuccessStatusCode);
        }

        using (var gone = await Cluster.SendAsync(HttpMethod.Get, "/agents/agent", null))
        {
            Assert.Equal(404, (int)gone.StatusCode);
        }

        await Cluster.SpawnAsync("agent", "data-processing", new { path = text.Path, linesPerSecond = 10 });
        await Cluster.SeeAgentAsync("agent", "to start above every number it ever had", a => a is { Status: "healthy" } && a.Incarnation > first + 2);
    }
}
