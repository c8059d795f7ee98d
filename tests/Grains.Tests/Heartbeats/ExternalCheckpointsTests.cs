using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Fleet;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats;

/// <summary>Checkpoints of agents outside of the silos' processes: where an incarnation begins, and who may save.</summary>
public sealed class ExternalCheckpointsTests
{
    private readonly List<Checkpoint> _saved = [];
    private readonly List<Heartbeat> _noted = [];
    private bool _isFenced;

    [Theory]
    [InlineData(CheckpointChoice.Newest, "2")]
    [InlineData(CheckpointChoice.Previous, "1")]
    [InlineData(CheckpointChoice.None, null)]
    public async Task Load_ByTheIncarnation_GivesWhatItHasToBeginWithAndNotesIt(CheckpointChoice choice, string? expected)
    {
        var checkpoints = Create(Given.State() with { StartFrom = choice }, Of(5, 9, "2"), Of(5, 8, "1"));

        var reply = await checkpoints.LoadAsync(Given.Id, Given.Incarnation);

        Assert.Equal((CommandOutcome.Ok, expected), (reply.Result.Outcome, reply.Checkpoint?.State.Text));
        Assert.Equal(expected is null ? [] : [CheckpointUse.Loaded], _noted.Select(n => n.Checkpoint!.Value));
    }

    [Theory]
    [InlineData(CheckpointChoice.Previous)]
    [InlineData(CheckpointChoice.None)]
    public async Task Load_AfterItSaved_GivesItsOwn(CheckpointChoice choice)
    {
        var checkpoints = Create(Given.State() with { StartFrom = choice }, Of(Given.Incarnation, 1, "3"), Of(5, 9, "2"));

        Assert.Equal("3", (await checkpoints.LoadAsync(Given.Id, Given.Incarnation)).Checkpoint!.State.Text);
    }

    [Fact]
    public async Task Load_BySomebodyWhoLooks_GivesTheNewestAndNotesNothing()
    {
        var checkpoints = Create(Given.State() with { StartFrom = CheckpointChoice.None }, Of(5, 9, "2"));

        var reply = await checkpoints.LoadAsync(Given.Id, null);

        Assert.Equal((5, 9, "2"), (reply.Checkpoint!.Incarnation, reply.Checkpoint.Sequence, reply.Checkpoint.State.Text));
        Assert.Empty(_noted);
    }

    [Theory]
    [InlineData(AgentStatus.Healthy, Given.Incarnation - 1)]
    [InlineData(AgentStatus.Healthy, Given.Incarnation + 1)]
    [InlineData(AgentStatus.Paused, Given.Incarnation)]
    [InlineData(AgentStatus.Quarantined, Given.Incarnation)]
    public async Task LoadAndSave_ByAnyOther_AreRefused(AgentStatus status, long incarnation)
    {
        var checkpoints = Create(Given.State(status), Of(5, 9, "2"));

        var load = await checkpoints.LoadAsync(Given.Id, incarnation);
        var save = await checkpoints.SaveAsync(Given.Id, new ExternalCheckpoint(incarnation, JsonText.Parse("3")));

        Assert.Equal((CommandOutcome.Conflict, CommandOutcome.Conflict), (load.Result.Outcome, save.Outcome));
        Assert.Contains("Stop working.", save.Message, StringComparison.Ordinal);
        Assert.Empty(_saved);
    }

    [Fact]
    public async Task Save_FencedBetweenTheLookAndTheWrite_IsRefused()
    {
        _isFenced = true;

        var result = await Create(Given.State()).SaveAsync(Given.Id, new ExternalCheckpoint(Given.Incarnation, JsonText.Parse("3")));

        Assert.Equal(CommandOutcome.Conflict, result.Outcome);
        Assert.Empty(_noted);
    }

    [Theory]
    [InlineData(5, 9, 1)]
    [InlineData(Given.Incarnation, 9, 10)]
    public async Task Save_AfterAnother_CountsOnWithinItsIncarnation(long last, long lastSequence, long sequence)
    {
        var result = await Create(Given.State(), Of(last, lastSequence, "2")).SaveAsync(Given.Id, new ExternalCheckpoint(Given.Incarnation, JsonText.Parse("3")));

        Assert.Equal(CommandOutcome.Ok, result.Outcome);
        Assert.Equal((Given.Incarnation, sequence, "3"), _saved.Select(s => (s.Incarnation, s.Sequence, s.State.Text)).Single());
        Assert.Equal([CheckpointUse.Saved], _noted.Select(n => n.Checkpoint!.Value));
    }

    [Fact]
    public async Task Save_TooLong_SaysSo()
    {
        var result = await Create(Given.State()).SaveAsync(Given.Id, new ExternalCheckpoint(Given.Incarnation, JsonText.From(new string('x', 2000), new())));

        Assert.Equal("state must be at most 1024 characters of JSON (it is 2002)", Assert.Single(result.Faults).ToString());
        Assert.Empty(_saved);
    }

    [Fact]
    public async Task Save_OfAnAgentThatTheClusterHosts_IsRefused()
    {
        var kind = new AgentKind(Given.Definition.Kind, _ => throw new NotSupportedException(), [], new());

        var result = await Create(Given.State(), kind).SaveAsync(Given.Id, new ExternalCheckpoint(Given.Incarnation, JsonText.Parse("3")));

        Assert.Equal(CommandOutcome.Conflict, result.Outcome);
        Assert.Contains("saves its checkpoints itself", result.Message, StringComparison.Ordinal);
        Assert.Empty(_saved);
    }

    private static StoredRecord<Checkpoint> Of(long incarnation, long sequence, string state) =>
        Given.Stored(new Checkpoint { Incarnation = incarnation, Sequence = sequence, At = Given.Now, State = JsonText.Parse(state) });

    private ExternalCheckpoints Create(HealthState state, params StoredRecord<Checkpoint>[] there) =>
        Create(state, new AgentKind(Given.Definition.Kind, null, [], new()), there);

    private ExternalCheckpoints Create(HealthState state, AgentKind kind, params StoredRecord<Checkpoint>[] there)
    {
        var alive = Given.Alive(state);
        var snapshot = alive with { Heartbeat = Given.Stored(alive.Heartbeat.Value! with { Host = ExternalBeats.Host }) };
        var options = new HealingOptions { MaxCheckpointLength = 1024 };
        var store = Stub.Of<IHeartbeatStore>(
            (nameof(IHeartbeatStore.Partitions), _ => 1),
            (nameof(IHeartbeatStore.LoadAsync), _ => Task.FromResult<IReadOnlyList<AgentSnapshot>>([snapshot])),
            (nameof(IHeartbeatStore.LoadCheckpointsAsync), args => Task.FromResult<IReadOnlyList<StoredRecord<Checkpoint>>>([.. there.Take((int)args[1]!)])),
            (nameof(IHeartbeatStore.SaveCheckpointAsync), args => Save((Checkpoint)args[1]!)),
            (nameof(IHeartbeatStore.BeatAsync), args => Note(Assert.Single((IReadOnlyList<BeatEntry>)args[1]!), snapshot)));
        var clock = new StoreClock(TimeProvider.System, NullLogger<StoreClock>.Instance);
        clock.Observe(Given.Now, clock.Monotonic, clock.Monotonic);
        return new ExternalCheckpoints(store, clock, new AgentKinds([kind], Options.Create(options)), new RemoteRuns(), options);
    }

    private Task<bool> Save(Checkpoint checkpoint)
    {
        if (!_isFenced)
        {
            _saved.Add(checkpoint);
        }

        return Task.FromResult(!_isFenced);
    }

    /// <summary>What is noted is no sign of life.</summary>
    private Task<IReadOnlyList<int>> Note(BeatEntry beat, AgentSnapshot snapshot)
    {
        Assert.Equal(snapshot.Deadline!.Value.ToUnixTimeMilliseconds(), beat.Deadline);
        _noted.Add(beat.Record!);
        return Task.FromResult<IReadOnlyList<int>>([]);
    }
}
