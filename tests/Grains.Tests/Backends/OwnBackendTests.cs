using System.Collections.Concurrent;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends;

/// <summary>Any Orleans host with a backend of its own: one class and one line, in a cluster of two silos on a real store.</summary>
public sealed class OwnBackendTests(GarnetStore store) : IAsyncLifetime
{
    private static readonly AgentId Id = AgentId.Parse("outsider");
    private static readonly PolicySettings Quick = new() { TimeoutSeconds = 2, HeartbeatSeconds = 0.1, StartupSeconds = 6 };
    private HealingCluster _cluster = null!;

    private IFleetGrain Fleet => _cluster.Fleet;

    public async ValueTask InitializeAsync() => _cluster = await HealingCluster.StartAsync(store, healing => healing.AddBackend<Outside>("outside"), silos: 2);

    public async ValueTask DisposeAsync()
    {
        Outside.Bodies.Clear();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Agent_ThatFallsSilentOutsideTheCluster_IsStartedAgainAndItsOldBodyIsFenced()
    {
        var spawned = await Fleet.SpawnAsync(new AgentDefinition { Id = Id, Kind = "outside", Policy = Quick }, "anna");
        Assert.Equal(CommandOutcome.Ok, spawned.Outcome);
        await HealingCluster.UntilAsync("its first order", () => Outside.Bodies.ContainsKey(1));
        Assert.Equal(CommandOutcome.Ok, (await Fleet.HeartbeatAsync(Id, new ExternalHeartbeat(1, JsonText.Parse("""{"step":3}""")))).Outcome);
        var healthy = await SeeAsync("to be healthy", a => a.Status is AgentStatus.Healthy);
        Assert.Equal("""{"step":3}""", healthy.Progress!.Value.Text);

        // It beats no more, and its backend is told to start the next one.
        await HealingCluster.UntilAsync("the order for incarnation 2", () => Outside.Bodies.ContainsKey(2));

        var zombie = await Fleet.HeartbeatAsync(Id, new ExternalHeartbeat(1));
        Assert.Equal(CommandOutcome.Conflict, zombie.Outcome);
        Assert.Contains("Stop working", zombie.Message, StringComparison.Ordinal);
        Assert.Equal(CommandOutcome.Ok, (await Fleet.HeartbeatAsync(Id, new ExternalHeartbeat(2))).Outcome);
        var healed = await SeeAsync("to be healthy again", a => a is { Status: AgentStatus.Healthy, Incarnation: 2 });
        Assert.Equal((FailureReason.Silent, 1), (healed.LastFailure!.Reason, healed.ConsecutiveFailures));
    }

    [Fact]
    public async Task Agent_ThatHasFailedAndHasToWait_IsOrderedToStopSinceSomethingOfItMayBeLeft()
    {
        await Fleet.SpawnAsync(new AgentDefinition { Id = Id, Kind = "outside", Policy = Quick }, "anna");
        foreach (var incarnation in new[] { 1, 2 })
        {
            await HealingCluster.UntilAsync("the next order", () => Outside.Bodies.ContainsKey(incarnation));
            Assert.Equal(CommandOutcome.Ok, (await Fleet.HeartbeatAsync(Id, new ExternalHeartbeat(incarnation))).Outcome);
        }

        await HealingCluster.UntilAsync("the order to stop it", () => Outside.Bodies.IsEmpty);

        var waiting = await SeeAsync("to wait or to be started again", a => a.ConsecutiveFailures == 2);
        Assert.Equal(FailureReason.Silent, waiting.LastFailure!.Reason);
        await HealingCluster.UntilAsync("the next order", () => Outside.Bodies.ContainsKey(3));
    }

    [Fact]
    public async Task Agent_WhoseBackendCannotStartIt_FailsWithTheReason()
    {
        Outside.Refuse = true;
        try
        {
            await Fleet.SpawnAsync(new AgentDefinition { Id = Id, Kind = "outside", Policy = Quick }, "anna");

            var failed = await SeeAsync("to have failed", a => a.ConsecutiveFailures >= 2);
            Assert.Equal((FailureReason.StartFailed, "InvalidOperationException: there is no room"), (failed.LastFailure!.Reason, failed.LastFailure.Message));
        }
        finally
        {
            Outside.Refuse = false;
        }
    }

    [Fact]
    public async Task Agent_WhoseBackendTakesTooLong_TimesOutAtItsStart()
    {
        Outside.IsStuck = true;
        try
        {
            await Fleet.SpawnAsync(new AgentDefinition { Id = Id, Kind = "outside", Policy = Quick with { StartupSeconds = 2, StopSeconds = 1 } }, "anna");

            var failed = await SeeAsync("to have failed", a => a.ConsecutiveFailures >= 1);
            Assert.Equal(FailureReason.StartTimedOut, failed.LastFailure!.Reason);
        }
        finally
        {
            Outside.IsStuck = false;
        }
    }

    [Theory]
    [InlineData(0, null, "incarnation")]
    [InlineData(1, -1.0, "expectedSilenceSeconds")]
    public async Task Heartbeat_WithAFault_NamesIt(long incarnation, double? silence, string fault)
    {
        await Fleet.SpawnAsync(new AgentDefinition { Id = Id, Kind = "outside", Policy = Quick }, "anna");

        var result = await Fleet.HeartbeatAsync(Id, new ExternalHeartbeat(incarnation, null, silence is { } s ? TimeSpan.FromSeconds(s) : null));

        Assert.Equal(fault, Assert.Single(result.Faults).Property);
        Assert.Equal(CommandOutcome.NotFound, (await Fleet.HeartbeatAsync(AgentId.Parse("nobody"), new ExternalHeartbeat(1))).Outcome);
    }

    [Fact]
    public async Task Heartbeat_ThatAnnouncesSilence_IsAwaitedThatMuchLater()
    {
        await Fleet.SpawnAsync(new AgentDefinition { Id = Id, Kind = "outside", Policy = Quick }, "anna");
        await Fleet.HeartbeatAsync(Id, new ExternalHeartbeat(1, null, TimeSpan.FromMinutes(5)));

        var agent = await SeeAsync("to be healthy", a => a.Status is AgentStatus.Healthy);
        Assert.Equal(302, (agent.Deadline!.Value - agent.LastHeartbeatAt!.Value).TotalSeconds, 0.1);
    }

    [Fact]
    public async Task Checkpoint_OfAnAgentOutside_IsSavedUnderItsIncarnationAlone()
    {
        await Fleet.SpawnAsync(new AgentDefinition { Id = Id, Kind = "outside", Policy = Quick }, "anna");
        Assert.Equal(CommandOutcome.Ok, (await Fleet.HeartbeatAsync(Id, new ExternalHeartbeat(1))).Outcome);
        Assert.Null((await Fleet.LoadCheckpointAsync(Id, 1)).Checkpoint);
        Assert.Equal(CommandOutcome.Ok, (await Fleet.SaveCheckpointAsync(Id, new ExternalCheckpoint(1, JsonText.Parse("1")))).Outcome);
        Assert.Equal(CommandOutcome.Ok, (await Fleet.SaveCheckpointAsync(Id, new ExternalCheckpoint(1, JsonText.Parse("2")))).Outcome);
        await HealingCluster.UntilAsync("the order for incarnation 2", () => Outside.Bodies.ContainsKey(2));

        var zombie = await Fleet.SaveCheckpointAsync(Id, new ExternalCheckpoint(1, JsonText.Parse("3")));
        var read = await Fleet.LoadCheckpointAsync(Id, 2);

        Assert.Equal((CommandOutcome.Conflict, CommandOutcome.Conflict), (zombie.Outcome, (await Fleet.LoadCheckpointAsync(Id, 1)).Result.Outcome));
        Assert.Equal((1, 2, "2"), (read.Checkpoint!.Incarnation, read.Checkpoint.Sequence, read.Checkpoint.State.Text));
        Assert.Equal(CommandOutcome.NotFound, (await Fleet.LoadCheckpointAsync(AgentId.Parse("nobody"), null)).Result.Outcome);
    }

    private Task<AgentView> SeeAsync(string awaited, Func<AgentView, bool> isIt) => _cluster.SeeAsync(Id, awaited, isIt);

    /// <summary>A backend as a user writes one. What it starts here does nothing by itself; the test beats for it.</summary>
    private sealed class Outside : IRestartBackend
    {
        public static ConcurrentDictionary<long, AgentStart> Bodies { get; } = [];

        public static bool Refuse { get; set; }

        public static bool IsStuck { get; set; }

        public async Task StartAsync(AgentStart start, CancellationToken cancellationToken)
        {
            if (IsStuck)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            if (Refuse)
            {
                throw new InvalidOperationException("there is no room");
            }

            Bodies[start.Incarnation] = start;
        }

        public Task StopAsync(AgentStop stop, CancellationToken cancellationToken)
        {
            foreach (var older in Bodies.Keys.Where(i => i <= stop.Incarnation))
            {
                Bodies.TryRemove(older, out _);
            }

            return Task.CompletedTask;
        }
    }
}
