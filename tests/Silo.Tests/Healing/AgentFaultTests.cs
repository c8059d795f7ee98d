using System.Globalization;
using System.Text.Json;

namespace OrleansHealing.Silo.Healing;

/// <summary>
/// Agents that do what no agent should, on real silos: each is noticed for what it is and heals, and its neighbours never notice
/// more than the loss of their silo.
/// </summary>
public sealed class AgentFaultTests
{
    // The leaking body's own allocation fails first, or one of Orleans's, which ends the silo.
    private static readonly string[] ReasonsOfALeak = ["out-of-memory", "silo-lost"];

    private static readonly object Watched = new { heartbeatSeconds = 0.2, timeoutSeconds = 10.0, progressTimeoutSeconds = 5.0, stopSeconds = 0.5 };

    [Theory]
    [InlineData("awaits-for-ever", 0)]
    [InlineData("blocks-for-ever", 1)]
    public async Task Body_ThatNeverGetsOn_IsStuckAndReplaced(string kind, int abandoned)
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        await cluster.SpawnAsync("agent", kind, new { }, Watched);
        await cluster.SpawnAsync("neighbour", "well-behaved", new { });

        var healed = await cluster.SeeAgentAsync("agent", "to beat as incarnation 2", a => a is { Incarnation: 2, Status: "healthy" } && Shown(a) == 2);

        Assert.Equal(("stuck", 1), (healed.LastReason, healed.Failures));
        await Eventually.SeeAsync("the abandoned bodies to be counted", () => AbandonedAsync(cluster), seen => seen == abandoned);
        await IsUntouchedAsync(cluster, "neighbour");
    }

    [Fact]
    public async Task Body_ThatIsStuck_SavesBeforeItIsReplaced()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        await cluster.SpawnAsync("agent", "saves-when-given-up", new { }, Watched);

        var healed = await cluster.SeeAgentAsync(
            "agent", "to show what incarnation 1 saved", a => a.Progress is { ValueKind: JsonValueKind.Object } shown
                && shown.TryGetProperty("saved", out var saved) && saved.GetString() == "by incarnation 1");

        Assert.Equal(("stuck", 2L, 1), (healed.LastReason, healed.Incarnation, healed.Failures));
        var failure = (await cluster.ActionsAsync("agent")).Single(a => a.GetProperty("action").GetString() == "failed");
        Assert.StartsWith("alive, but no progress for 5 s; failure 1", failure.GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Step_ThatIsStuck_IsCancelledAloneOnce()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        await cluster.SpawnAsync("agent", "gives-way", new { }, Watched);

        await Eventually.SeeAsync("a checkpoint of the incarnation that lost its step alone", () => CheckpointsAsync(cluster), seen => seen.Contains(1));
        Assert.Equal((1L, 0), (await cluster.AgentAsync("agent")) is var first ? (first.Incarnation, first.Failures) : default);
        var healed = await cluster.SeeAgentAsync("agent", "to work as incarnation 2", a => a is { Incarnation: 2, Status: "healthy" } && Shown(a) == 2);

        Assert.Equal(("stuck", 1), (healed.LastReason, healed.Failures));
    }

    [Fact]
    public async Task Body_ThatIgnoresCancellation_IsAbandonedAndFenced()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        await cluster.SpawnAsync("agent", "ignores-cancellation", new { }, new { heartbeatSeconds = 0.2, stopSeconds = 0.5 });
        await Eventually.SeeAsync("checkpoints of incarnation 1", () => CheckpointsAsync(cluster), seen => seen.Contains(1));

        await cluster.PostAsync("/agents/agent/restart");

        await cluster.SeeAgentAsync("agent", "to beat as incarnation 2", a => a is { Incarnation: 2, Status: "healthy", Failures: 0 } && Shown(a) == 2);
        await Eventually.SeeAsync("the abandoned body to be counted", () => AbandonedAsync(cluster), seen => seen == 1);

        // The second one saves nothing, so whatever comes now comes of the first, which goes on saving twenty times a second.
        var before = await CheckpointListAsync(cluster);
        var steps = Steps(await cluster.AgentAsync("agent"));
        var after = await cluster.SeeAgentAsync("agent", "to get on by ten steps", a => Steps(a) > steps + 10);
        Assert.Equal((2L, 2L), (after.Incarnation, Shown(after)));
        Assert.Equal(before, await CheckpointListAsync(cluster));
    }

    [Theory]
    [InlineData("throws-in-constructor", "InvalidOperationException: no room for it")]
    [InlineData("needs-missing-service", "Unable to resolve service")]
    public async Task Body_ThatCannotBeMade_FailsItsStartsAndIsQuarantined(string kind, string message)
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        await cluster.SpawnAsync("agent", kind, new { }, new { maxRestarts = 3, backoff = new { baseSeconds = 0.1 } });

        var given = await cluster.SeeAgentAsync("agent", "to be quarantined", a => a.Status == "quarantined");

        Assert.Equal(("start-failed", 3), (given.LastReason, given.Failures));
        var failures = (await cluster.ActionsAsync("agent")).Where(a => a.GetProperty("action").GetString() == "failed").ToList();
        Assert.Equal(3, failures.Count);
        Assert.All(failures, f => Assert.Contains(message, f.GetProperty("details").GetString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("throws-when-cancelled")]
    [InlineData("throws-in-dispose")]
    public async Task Body_ThatThrowsWhileItIsStopped_IsStoppedAsAPersonOrdered(string kind)
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        await cluster.SpawnAsync("agent", kind, new { afterSeconds = 0.1 });
        await cluster.SeeAgentAsync("agent", "to have begun its fault", a => a.Status == "healthy" && Steps(a) >= 3);

        await cluster.PostAsync("/agents/agent/pause");
        Assert.Equal("paused", (await cluster.AgentAsync("agent")).Status);
        await cluster.PostAsync("/agents/agent/resume");

        await cluster.SeeAgentAsync("agent", "to work as incarnation 2", a => a is { Status: "healthy", Incarnation: 2, Failures: 0 } && Shown(a) == 2);
        Assert.DoesNotContain("failed", (await cluster.ActionsAsync("agent")).Select(a => a.GetProperty("action").GetString()));
        Assert.Equal(0, await AbandonedAsync(cluster));
    }

    [Fact]
    public async Task Body_WhoseForgottenTasksThrow_WorksOn()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        await cluster.SpawnAsync("agent", "throws-in-task", new { afterSeconds = 0.1 });
        var before = await cluster.SeeAgentAsync("agent", "to work", a => a.Status == "healthy" && Steps(a) >= 3);

        // Its fault takes a fifth of a second, and then it counts its steps from 1 again.
        await cluster.SeeAgentAsync("agent", "to have come back from its fault", a => Steps(a) > Steps(before) + 10);

        await IsUntouchedAsync(cluster, "agent");
    }

    [Fact]
    public async Task Body_OutOfMemory_IsSaidSoAndNeverStartedAgainAtOnce()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        await cluster.SpawnAsync("agent", "throws-out-of-memory", new { }, new { backoff = new { baseSeconds = 0.5 } });

        var healed = await cluster.SeeAgentAsync("agent", "to work as incarnation 2", a => a is { Status: "healthy", Incarnation: 2 });

        Assert.Equal(("out-of-memory", 1), (healed.LastReason, healed.Failures));
        var wait = (await cluster.ActionsAsync("agent")).Single(a => a.GetProperty("action").GetString() == "backing-off");
        Assert.InRange(wait.GetProperty("backoffSeconds").GetDouble(), 0.9, 1.1);
    }

    [Fact]
    public async Task Body_ThatLeaksUntilItsProcessHasNoMemory_HealsAndSoDoItsNeighbours()
    {
        // The collector's own limit: beyond it every allocation of the process fails, whoever makes it.
        var limited = SiloProgram.WithFaultyKinds with { Environment = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x14000000" } };
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, limited);
        await cluster.SpawnAsync("leaks", "leaks", new { afterSeconds = 5 });
        await SpawnNeighboursAsync(cluster);
        cluster.Program = SiloProgram.WithFaultyKinds;
        await cluster.AddSiloAsync("--Healing:MovesPerSecond=0");

        var healed = await cluster.SeeAgentAsync("leaks", "to work as incarnation 2", a => a is { Status: "healthy", Incarnation: >= 2 } && Shown(a) == a.Incarnation);

        Assert.Contains(healed.LastReason, ReasonsOfALeak);
        await NeighboursWorkAsync(cluster);
    }

    [Theory]
    [InlineData("throws-on-thread")]
    [InlineData("fails-fast")]
    [InlineData("exits-process")]
    [InlineData("overflows-stack")]
    public async Task Body_ThatTakesItsSiloWithIt_HealsElsewhereAndSoDoItsNeighbours(string kind)
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 2, SiloProgram.WithFaultyKinds);
        await SpawnNeighboursAsync(cluster);
        await cluster.SpawnAsync("killer", kind, new { });

        var healed = await cluster.SeeAgentAsync("killer", "to work as incarnation 2", a => a is { Status: "healthy", Incarnation: >= 2 } && Shown(a) == a.Incarnation);

        Assert.Equal(1, cluster.Silos.Count(s => s.IsAlive));
        Assert.Equal(cluster.Silos.Single(s => s.IsAlive).Name, healed.Silo);

        // A process that exits by itself stops its silo in good order as far as it gets, so some may have been handed over.
        Assert.All(await NeighboursWorkAsync(cluster), a => Assert.Equal(0, a.Failures));
        Assert.Equal(0, healed.Failures);
    }

    [Fact]
    public async Task Body_ThatBlocksHundredsOfPoolThreads_HurtsNoNeighbour()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        await SpawnNeighboursAsync(cluster);
        await NeighboursWorkAsync(cluster);

        await cluster.SpawnAsync("eater", "eats-thread-pool", new { items = 200 });

        // It says so itself as soon as it can say anything again. Then each neighbour gets on by more work than fits into a timeout.
        await Eventually.SeeAsync("the starvation to be counted", () => AnswerAsync(cluster.MetricsAsync), seen => StarvationsIn(seen) > 0);
        var relieved = await Eventually.SeeAsync("all agents", () => AnswerAsync(cluster.AgentsAsync), seen => seen is { Count: 5 });
        var steps = relieved!.ToDictionary(a => a.Id, Steps);
        var after = await Eventually.SeeAsync(
            "every agent to get on by 60 steps",
            () => AnswerAsync(cluster.AgentsAsync),
            seen => seen is { Count: 5 } && seen.All(a => a.Id == "eater" || Steps(a) > steps[a.Id] + 60));
        Assert.All(after!, a => Assert.Equal((1L, 0, null), (a.Incarnation, a.Failures, a.LastReason)));
    }

    [Fact]
    public async Task Body_ThatBlocksMoreThreadsThanThePoolMayHave_LosesItsSiloAndTheNeighboursMoveOnce()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 2, SiloProgram.WithFaultyKinds, "--Healing:MovesPerSecond=0");
        await SpawnNeighboursAsync(cluster);
        await cluster.SpawnAsync("eater", "eats-thread-pool", new { items = 100_000, afterSeconds = 5 });
        await NeighboursWorkAsync(cluster);
        var eaten = (await cluster.SeeAgentAsync("eater", "to be at work", a => a.Status == "healthy")).Silo;
        var witness = cluster.Silos.Single(s => s.Name != eaten);

        var moved = await Eventually.SeeAsync(
            "everybody at work on the other silo",
            async () => await AnswerAsync(() => cluster.AgentsAsync(witness)),
            seen => seen is { Count: 5 } && seen.All(a => a.Status == "healthy" && a.Silo == witness.Name && Shown(a) == a.Incarnation));

        Assert.All(moved!, a => Assert.Equal((0, a.Incarnation == 1 ? null : "silo-lost"), (a.Failures, a.LastReason)));
        Assert.All(moved!, a => Assert.InRange(a.Incarnation, 1, 2));
    }

    [Fact]
    public async Task ExpectSilence_AcrossACheckpoint_HoldsUntilItsEnd()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        var policy = new { heartbeatSeconds = 0.2, timeoutSeconds = 10.0, progressTimeoutSeconds = 2.0 };

        await cluster.SpawnAsync("agent", "saves-in-silence", new { silenceSeconds = 60, quietSeconds = 7, afterSeconds = 0.1 }, policy);

        // It was silent for three times its progress timeout, with a checkpoint in the middle, and then got on.
        await Eventually.SeeAsync("its checkpoint", () => CheckpointsAsync(cluster), seen => seen.Count == 1);
        await cluster.SeeAgentAsync("agent", "to get on after its silence", a => Steps(a) > 10);
        await IsUntouchedAsync(cluster, "agent");
    }

    [Fact]
    public async Task ExpectSilence_LongerThanIsAllowed_IsCutAndTheAgentStuck()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);
        var policy = new { heartbeatSeconds = 0.2, timeoutSeconds = 10.0, progressTimeoutSeconds = 1.0, maxExpectedSilenceSeconds = 3.0 };

        await cluster.SpawnAsync("agent", "saves-in-silence", new { silenceSeconds = 3000, quietSeconds = 3000, afterSeconds = 0.1 }, policy);

        var healed = await cluster.SeeAgentAsync("agent", "to work as incarnation 2", a => a is { Status: "healthy", Incarnation: 2 });
        Assert.Equal(("stuck", 1), (healed.LastReason, healed.Failures));
    }

    /// <summary>An answer, or none while nobody answers.</summary>
    private static async Task<T?> AnswerAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException
            || (e is OperationCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static double StarvationsIn(string? metrics) => Value(metrics, "healing_silo_pool_starvations");

    private static Task SpawnNeighboursAsync(SiloCluster cluster) =>
        Task.WhenAll(Enumerable.Range(0, 4).Select(i => cluster.SpawnAsync($"neighbour-{i}", "well-behaved", new { })));

    private static async Task<IReadOnlyList<AgentSeen>> NeighboursWorkAsync(SiloCluster cluster)
    {
        var all = await Eventually.SeeAsync(
            "4 neighbours that work",
            async () => (await cluster.AgentsAsync()).Where(a => a.Id.StartsWith("neighbour", StringComparison.Ordinal)).ToList(),
            seen => seen.Count(a => a.Status == "healthy" && Shown(a) == a.Incarnation) == 4);
        return all;
    }

    private static async Task IsUntouchedAsync(SiloCluster cluster, string id)
    {
        var agent = await cluster.AgentAsync(id);
        Assert.Equal(("healthy", 1L, 0, null), (agent.Status, agent.Incarnation, agent.Failures, agent.LastReason));
    }

    private static long Shown(AgentSeen agent) => Number(agent, "incarnation");

    private static long Steps(AgentSeen agent) => Number(agent, "steps");

    private static long Number(AgentSeen agent, string name) =>
        agent.Progress is { ValueKind: JsonValueKind.Object } progress ? progress.GetProperty(name).GetInt64() : 0;

    private static async Task<double> AbandonedAsync(SiloCluster cluster) => Value(await cluster.MetricsAsync(), "healing_agent_abandoned");

    private static double Value(string? metrics, string name) =>
        metrics?.Split('\n').LastOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)
            : 0;

    /// <summary>The incarnations of its checkpoints.</summary>
    private static async Task<IReadOnlyList<long>> CheckpointsAsync(SiloCluster cluster) =>
        [.. (await cluster.GetAsync("/agents/agent")).GetProperty("checkpoints").EnumerateArray().Select(c => c.GetProperty("incarnation").GetInt64())];

    private static async Task<string> CheckpointListAsync(SiloCluster cluster) => (await cluster.GetAsync("/agents/agent")).GetProperty("checkpoints").GetRawText();
}
