using System.Text.Json;

namespace OrleansHealing.Silo.Healing;

/// <summary>
/// Agents that do what no agent should, side by side on one silo: each is noticed for what it is and heals, and nobody else
/// notices.
/// </summary>
public sealed class BodyFaultTests(FaultySilo silo) : IClassFixture<FaultySilo>
{
    private static readonly object Watched = new { heartbeatSeconds = 0.2, timeoutSeconds = 10.0, progressTimeoutSeconds = 5.0, stopSeconds = 0.5 };

    private readonly string _agent = $"agent-{Guid.NewGuid():N}";
    private readonly string _neighbour = $"neighbour-{Guid.NewGuid():N}";

    private SiloCluster Cluster => silo.Cluster;

    [Theory]
    [InlineData("awaits-for-ever", 0)]
    [InlineData("blocks-for-ever", 1)]
    public async Task Body_ThatNeverGetsOn_IsStuckAndReplaced(string kind, int abandoned)
    {
        var before = await Cluster.AbandonedAsync();
        await Cluster.SpawnAsync(_agent, kind, new { }, Watched);
        await Cluster.SpawnAsync(_neighbour, "well-behaved", new { });

        var healed = await Cluster.SeeAgentAsync(_agent, "to beat as incarnation 2", a => a is { Incarnation: 2, Status: "healthy" } && a.Shown() == 2);

        Assert.Equal(("stuck", 1), (healed.LastReason, healed.Failures));
        await Eventually.SeeAsync("the abandoned bodies to be counted", Cluster.AbandonedAsync, seen => seen == before + abandoned);
        await Cluster.IsUntouchedAsync(_neighbour);
    }

    [Fact]
    public async Task Body_ThatIsStuck_SavesBeforeItIsReplaced()
    {
        await Cluster.SpawnAsync(_agent, "saves-when-given-up", new { }, Watched);

        var healed = await Cluster.SeeAgentAsync(
            _agent, "to show what incarnation 1 saved", a => a.Progress is { ValueKind: JsonValueKind.Object } shown
                && shown.TryGetProperty("saved", out var saved) && saved.GetString() == "by incarnation 1");

        Assert.Equal(("stuck", 2L, 1), (healed.LastReason, healed.Incarnation, healed.Failures));
        var failure = (await Cluster.ActionsAsync(_agent)).Single(a => a.GetProperty("action").GetString() == "failed");
        Assert.StartsWith("alive, but no progress for 5 s; failure 1", failure.GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Step_ThatIsStuck_IsCancelledAloneOnce()
    {
        await Cluster.SpawnAsync(_agent, "gives-way", new { }, Watched);

        await Eventually.SeeAsync("a checkpoint of the incarnation that lost its step alone", () => Cluster.CheckpointsAsync(_agent), seen => seen.Contains(1));
        var first = await Cluster.AgentAsync(_agent);
        Assert.Equal((1L, 0), (first.Incarnation, first.Failures));
        var healed = await Cluster.SeeAgentAsync(_agent, "to work as incarnation 2", a => a is { Incarnation: 2, Status: "healthy" } && a.Shown() == 2);

        Assert.Equal(("stuck", 1), (healed.LastReason, healed.Failures));
    }

    [Fact]
    public async Task Body_ThatIgnoresCancellation_IsAbandonedAndFenced()
    {
        var abandoned = await Cluster.AbandonedAsync();
        await Cluster.SpawnAsync(_agent, "ignores-cancellation", new { }, new { heartbeatSeconds = 0.2, stopSeconds = 0.5 });
        await Eventually.SeeAsync("checkpoints of incarnation 1", () => Cluster.CheckpointsAsync(_agent), seen => seen.Contains(1));

        await Cluster.PostAsync($"/agents/{_agent}/restart");

        await Cluster.SeeAgentAsync(_agent, "to beat as incarnation 2", a => a is { Incarnation: 2, Status: "healthy", Failures: 0 } && a.Shown() == 2);
        await Eventually.SeeAsync("the abandoned body to be counted", Cluster.AbandonedAsync, seen => seen == abandoned + 1);

        // The second one saves nothing, so whatever comes now comes of the first, which goes on saving twenty times a second.
        var before = await Cluster.CheckpointListAsync(_agent);
        var steps = (await Cluster.AgentAsync(_agent)).Steps();
        var after = await Cluster.SeeAgentAsync(_agent, "to get on by ten steps", a => a.Steps() > steps + 10);
        Assert.Equal((2L, 2L), (after.Incarnation, after.Shown()));
        Assert.Equal(before, await Cluster.CheckpointListAsync(_agent));
    }

    [Theory]
    [InlineData("throws-in-constructor", "InvalidOperationException: no room for it")]
    [InlineData("needs-missing-service", "Unable to resolve service")]
    public async Task Body_ThatCannotBeMade_FailsItsStartsAndIsQuarantined(string kind, string message)
    {
        await Cluster.SpawnAsync(_agent, kind, new { }, new { maxRestarts = 3, backoff = new { baseSeconds = 0.1 } });

        var given = await Cluster.SeeAgentAsync(_agent, "to be quarantined", a => a.Status == "quarantined");

        Assert.Equal(("start-failed", 3), (given.LastReason, given.Failures));
        var failures = (await Cluster.ActionsAsync(_agent)).Where(a => a.GetProperty("action").GetString() == "failed").ToList();
        Assert.Equal(3, failures.Count);
        Assert.All(failures, f => Assert.Contains(message, f.GetProperty("details").GetString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("throws-when-cancelled")]
    [InlineData("throws-in-dispose")]
    public async Task Body_ThatThrowsWhileItIsStopped_IsStoppedAsAPersonOrdered(string kind)
    {
        var abandoned = await Cluster.AbandonedAsync();
        await Cluster.SpawnAsync(_agent, kind, new { afterSeconds = 0.1 });
        await Cluster.SeeAgentAsync(_agent, "to have begun its fault", a => a.Status == "healthy" && a.Steps() >= 3);

        await Cluster.PostAsync($"/agents/{_agent}/pause");
        Assert.Equal("paused", (await Cluster.AgentAsync(_agent)).Status);
        await Cluster.PostAsync($"/agents/{_agent}/resume");

        await Cluster.SeeAgentAsync(_agent, "to work as incarnation 2", a => a is { Status: "healthy", Incarnation: 2, Failures: 0 } && a.Shown() == 2);
        Assert.DoesNotContain("failed", (await Cluster.ActionsAsync(_agent)).Select(a => a.GetProperty("action").GetString()));
        Assert.Equal(abandoned, await Cluster.AbandonedAsync());
    }

    [Fact]
    public async Task Body_WhoseForgottenTasksThrow_WorksOn()
    {
        await Cluster.SpawnAsync(_agent, "throws-in-task", new { afterSeconds = 0.1 });
        var before = await Cluster.SeeAgentAsync(_agent, "to work", a => a.Status == "healthy" && a.Steps() >= 3);

        // Its fault takes a fifth of a second, and then it counts its steps from 1 again.
        await Cluster.SeeAgentAsync(_agent, "to have come back from its fault", a => a.Steps() > before.Steps() + 10);

        await Cluster.IsUntouchedAsync(_agent);
    }

    [Fact]
    public async Task Body_OutOfMemory_IsSaidSoAndNeverStartedAgainAtOnce()
    {
        await Cluster.SpawnAsync(_agent, "throws-out-of-memory", new { }, new { backoff = new { baseSeconds = 0.5 } });

        var healed = await Cluster.SeeAgentAsync(_agent, "to work as incarnation 2", a => a is { Status: "healthy", Incarnation: 2 });

        Assert.Equal(("out-of-memory", 1), (healed.LastReason, healed.Failures));
        var wait = (await Cluster.ActionsAsync(_agent)).Single(a => a.GetProperty("action").GetString() == "backing-off");
        Assert.InRange(wait.GetProperty("backoffSeconds").GetDouble(), 0.9, 1.1);
    }

    [Fact]
    public async Task ExpectSilence_AcrossACheckpoint_HoldsUntilItsEnd()
    {
        var policy = new { heartbeatSeconds = 0.2, timeoutSeconds = 10.0, progressTimeoutSeconds = 2.0 };

        await Cluster.SpawnAsync(_agent, "saves-in-silence", new { silenceSeconds = 60, quietSeconds = 7, afterSeconds = 0.1 }, policy);

        // It was silent for three times its progress timeout, with a checkpoint in the middle, and then got on.
        await Eventually.SeeAsync("its checkpoint", () => Cluster.CheckpointsAsync(_agent), seen => seen.Count == 1);
        await Cluster.SeeAgentAsync(_agent, "to get on after its silence", a => a.Steps() > 10);
        await Cluster.IsUntouchedAsync(_agent);
    }

    [Fact]
    public async Task ExpectSilence_LongerThanIsAllowed_IsCutAndTheAgentStuck()
    {
        var policy = new { heartbeatSeconds = 0.2, timeoutSeconds = 10.0, progressTimeoutSeconds = 1.0, maxExpectedSilenceSeconds = 3.0 };

        await Cluster.SpawnAsync(_agent, "saves-in-silence", new { silenceSeconds = 3000, quietSeconds = 3000, afterSeconds = 0.1 }, policy);

        var healed = await Cluster.SeeAgentAsync(_agent, "to work as incarnation 2", a => a is { Status: "healthy", Incarnation: 2 });
        Assert.Equal(("stuck", 1), (healed.LastReason, healed.Failures));
    }
}
