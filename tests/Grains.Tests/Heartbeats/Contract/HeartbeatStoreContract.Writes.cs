using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>What agents write, and the fence before it.</summary>
public abstract partial class HeartbeatStoreContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Beat_OfTheGrantedIncarnation_MovesItsDeadline(bool withRecord)
    {
        await _fleet.SpawnAsync(A);

        Assert.True(await _fleet.BeatAsync(A, 1, Now.AddSeconds(9), withRecord));

        var snapshot = await _fleet.LoadAsync(A);
        Assert.Equal(Now.AddSeconds(9), snapshot.Deadline);
        Assert.Equal(withRecord ? Now.AddSeconds(4) : Now, snapshot.CurrentHeartbeat!.At);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Beat_AtTheSameDeadlineTwice_IsNoFence(bool withRecord)
    {
        await _fleet.SpawnAsync(A);

        Assert.True(await _fleet.BeatAsync(A, 1, Now.AddSeconds(9), withRecord));
        Assert.True(await _fleet.BeatAsync(A, 1, Now.AddSeconds(9), withRecord));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Beat_OfAnOlderIncarnation_IsFencedAndChangesNothing(bool withRecord)
    {
        await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Restart);
        var before = await _fleet.LoadAsync(A);

        Assert.False(await _fleet.BeatAsync(A, 1, Now.AddHours(1), withRecord));

        Assert.Equal(before, await _fleet.LoadAsync(A));
        Assert.Equal(["reader-1#2"], await _fleet.MembersAsync());
    }

    [Fact]
    public async Task Beat_ABatch_NamesThePositionsOfTheFencedAscending()
    {
        await _fleet.SpawnAsync(A);
        var deadline = Now.AddSeconds(9).ToUnixTimeMilliseconds();
        var record = Given.Beat(Now, 1);

        var fenced = await Store.BeatAsync(
            0,
            [new(B, 1, deadline, record), new(B, 2, deadline, null), new(A, 1, deadline, record), new(B, 3, deadline, record), new(B, 4, deadline, null), new(A, 1, deadline, null)]);

        Assert.Equal([0, 1, 3, 4], fenced);
        Assert.Equal(["reader-1#1"], await _fleet.MembersAsync());
        Assert.Null((await _fleet.LoadAsync(B)).Heartbeat.Text);
    }

    /// <summary>More text than the store is given in one command; the records go in several, each to its own agent.</summary>
    [Fact]
    public async Task Beat_ABatchOfLongRecords_WritesEachButThoseOfTheFenced()
    {
        var ids = Enumerable.Range(0, 100).Select(i => AgentId.Parse($"long-{i:000}")).ToList();
        foreach (var id in ids)
        {
            await _fleet.SpawnAsync(id);
        }

        var deadline = Now.AddSeconds(9);
        var fenced = await Store.BeatAsync(
            0, [.. ids.Select((id, i) => new BeatEntry(id, i % 10 is 3 ? 2 : 1, deadline.ToUnixTimeMilliseconds(), Given.Beat(Now, 1) with { Progress = Long(i) }))]);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (i * 10) + 3), fenced);
        for (var i = 0; i < ids.Count; i++)
        {
            var after = await _fleet.LoadAsync(ids[i]);
            var isFenced = i % 10 is 3;
            Assert.Equal((isFenced, isFenced), (after.Deadline != deadline, after.CurrentHeartbeat!.Progress != Long(i)));
        }

        static JsonText Long(int i) => JsonText.Parse($"\"{i}{new string('x', 4000)}\"");
    }

    [Fact]
    public async Task Beat_OfNobody_IsNoRoundTripTooMany() => Assert.Empty(await Store.BeatAsync(0, []));

    [Fact]
    public async Task Claim_TheFirstBody_IsTheIncarnation()
    {
        await _fleet.SpawnAsync(A, claim: false);
        Assert.Null((await _fleet.LoadAsync(A)).ClaimedBy);

        Assert.True(await _fleet.ClaimAsync(A, 1));

        var snapshot = await _fleet.LoadAsync(A);
        Assert.Equal((Given.Host, Now.AddSeconds(5)), (snapshot.ClaimedBy, snapshot.Deadline));
        Assert.Equal(Given.Beat(Now, 1), snapshot.CurrentHeartbeat);
        Assert.Equal([Given.Host], await Store.HostsAsync(0));
        Assert.Equal([new ClaimedIncarnation(A, 1)], await Store.ClaimsOfAsync(0, Given.Host));
        Assert.Equal(1, await Store.CountClaimsAsync(0, Given.Host));
    }

    [Fact]
    public async Task Claim_TheSameBodyAgain_IsAccepted()
    {
        await _fleet.SpawnAsync(A);

        Assert.True(await _fleet.ClaimAsync(A, 1));
        Assert.Equal(1, await Store.CountClaimsAsync(0, Given.Host));
    }

    [Theory]
    [InlineData("run-2", Given.Host)]
    [InlineData("run-1", "host-b")]
    public async Task Claim_AnotherBody_IsRefusedAndChangesNothing(string run, string host)
    {
        var before = await _fleet.SpawnAsync(A);

        Assert.False(await _fleet.ClaimAsync(A, 1, run, host));

        Assert.Equal(before, await _fleet.LoadAsync(A));
        Assert.Equal([Given.Host], await Store.HostsAsync(0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Claim_OfAnIncarnationThatIsNotGranted_IsFenced(long incarnation)
    {
        await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Restart);

        Assert.False(await _fleet.ClaimAsync(A, incarnation));
        Assert.Equal(["reader-1#2"], await _fleet.MembersAsync());
    }

    [Fact]
    public async Task Report_OfTheGrantedIncarnation_IsDueAtOnce()
    {
        await _fleet.SpawnAsync(A);
        var last = Given.Beat(Now.AddMilliseconds(900), 1);

        Assert.True(await _fleet.ReportAsync(A, 1, last: last));

        var snapshot = await _fleet.LoadAsync(A);
        Assert.Equal(Now.AddSeconds(1), snapshot.Deadline);
        Assert.Equal((FailureReason.Crashed, last), (snapshot.CurrentReport!.Reason, snapshot.CurrentHeartbeat));
        Assert.Contains(A, (await Store.DueAsync(0, Now.AddSeconds(1), 10)).Ids);
    }

    [Fact]
    public async Task Report_OfAnOlderIncarnation_IsFenced()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Restart);

        Assert.False(await _fleet.ReportAsync(A, 1));
        Assert.Null((await _fleet.LoadAsync(A)).Report.Text);
    }

    [Fact]
    public async Task Report_OfABodyThatIsNotTheIncarnation_ChangesNothing()
    {
        await _fleet.SpawnAsync(A);

        Assert.False(await _fleet.ReportAsync(A, 1, claim: null));
        Assert.False(await _fleet.ReportAsync(A, 1, "host-b|run-2"));

        var snapshot = await _fleet.LoadAsync(A);
        Assert.Equal((Now.AddSeconds(5), null), (snapshot.Deadline, snapshot.Report.Text));
    }

    [Fact]
    public async Task Report_OfAStartThatFailedBeforeAnyClaim_IsDueAtOnce()
    {
        await _fleet.SpawnAsync(A, claim: false);

        Assert.True(await _fleet.ReportAsync(A, 1, claim: null, FailureReason.StartFailed));
        Assert.Equal(FailureReason.StartFailed, (await _fleet.LoadAsync(A)).CurrentReport!.Reason);
    }

    [Fact]
    public async Task Checkpoint_AskedAgainSinceTheAnswerWasLost_IsSavedOnce()
    {
        await _fleet.SpawnAsync(A);
        await SaveAsync(1, 1);

        Assert.True(await SaveAsync(1, 2));
        Assert.True(await SaveAsync(1, 2, isRepeat: true));
        Assert.True(await SaveAsync(1, 3, isRepeat: true));

        Assert.Equal([3L, 2, 1], (await Store.LoadCheckpointsAsync(A, 10)).Select(c => c.Value!.Sequence));
    }

    [Fact]
    public async Task Checkpoint_Several_KeepsTheLastThreeNewestFirst()
    {
        await _fleet.SpawnAsync(A);
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            Assert.True(await SaveAsync(1, sequence));
        }

        var saved = await Store.LoadCheckpointsAsync(A, 10);
        Assert.Equal([5L, 4, 3], saved.Select(c => c.Value!.Sequence));
        Assert.Equal("""{"line":5}""", saved[0].Value!.State.Text);
        Assert.Equal(5, Assert.Single(await Store.LoadCheckpointsAsync(A, 1)).Value!.Sequence);
    }

    [Fact]
    public async Task Checkpoint_OfAnOlderIncarnation_IsFenced()
    {
        await _fleet.SpawnAsync(A);
        await SaveAsync(1, 1);
        await _fleet.OrderAsync(A, CommandKind.Restart);

        Assert.False(await SaveAsync(1, 2));
        Assert.True(await SaveAsync(2, 1));
        Assert.Equal([2L, 1], (await Store.LoadCheckpointsAsync(A, 10)).Select(c => c.Value!.Incarnation));
    }

    [Fact]
    public async Task Checkpoint_ManyAtOnce_EachIsSavedOrFencedByItself()
    {
        var ids = Enumerable.Range(0, 200).Select(i => AgentId.Parse($"many-{i}")).ToArray();
        await Task.WhenAll(ids.Select(id => _fleet.SpawnAsync(id)));
        await _fleet.Database.StringSetAsync(_fleet.Keys.CheckpointsOf(ids[7]), "no list");

        var saves = Array.ConvertAll(ids, id => Store.SaveCheckpointAsync(
            id, new() { Incarnation = id == ids[3] ? 2 : 1, Sequence = 1, At = Now, State = JsonText.Parse($"\"{id}\"") }));
        await Task.WhenAll(saves);

        Assert.False(await saves[3]);
        foreach (var (id, save) in ids.Zip(saves).Where(pair => pair.First != ids[3]))
        {
            Assert.True(await save);
            Assert.Equal($"\"{id}\"", Assert.Single(await Store.LoadCheckpointsAsync(id, 10)).Value!.State.Text);
        }
    }

    [Fact]
    public async Task Checkpoints_WhereSomethingElseStands_SetItAside()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.Database.StringSetAsync(_fleet.Keys.CheckpointsOf(A), "no list");

        Assert.Empty(await Store.LoadCheckpointsAsync(A, 3));
        Assert.True(await SaveAsync(1, 1));
        Assert.Equal([1L], (await Store.LoadCheckpointsAsync(A, 3)).Select(c => c.Value!.Sequence));
    }

    private Task<bool> SaveAsync(long incarnation, long sequence, bool isRepeat = false) => Store.SaveCheckpointAsync(
        A, new() { Incarnation = incarnation, Sequence = sequence, At = Now, State = JsonText.Parse($$"""{"line":{{sequence}}}""") }, isRepeat);
}
