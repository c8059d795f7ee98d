using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>A store that lost writes grants no number that it may have granted before.</summary>
public abstract partial class HeartbeatStoreContract
{
    private const long Floor = 5_000;

    [Fact]
    public async Task Recall_NewStore_IsGivenAMarkThatStays()
    {
        var first = await RecallAsync(null);
        await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Restart);
        var second = await RecallAsync(first.Mark);

        Assert.Equal((false, false), (first.IsLost, second.IsLost));
        Assert.NotEqual("", first.Mark.Generation);
        Assert.Equal(first.Mark with { Grants = 2 }, second.Mark);
        Assert.Equal(0, first.Mark.Floor);
    }

    [Fact]
    public async Task Recall_WipedStore_IsLostOnceAndNewAgentsBeginAboveTheFloor()
    {
        await _fleet.SpawnAsync(A);
        var known = (await RecallAsync(null)).Mark;
        await _fleet.WipeAsync();

        var empty = await _fleet.LoadAsync(A);
        var spawn = SupervisorDecision.Spawn(Given.Definition, Given.Policy, "anna", 0, Given.At(Now));
        Assert.Equal(CommitOutcome.Lost, await _fleet.CommitAsync(empty, spawn, Given.Definition, known));
        Assert.Null((await _fleet.LoadAsync(A)).State.Text);

        var lost = await RecallAsync(known);
        Assert.Equal((true, Floor), (lost.IsLost, lost.Mark.Floor));
        Assert.NotEqual(known.Generation, lost.Mark.Generation);
        Assert.Equal(lost with { IsLost = false }, await RecallAsync(lost.Mark));

        Assert.Equal(CommitOutcome.Lost, await _fleet.CommitAsync(empty, spawn, Given.Definition, lost.Mark));
        Assert.Equal(Floor + 1, (await _fleet.SpawnAsync(A)).State.Value!.Incarnation);
    }

    [Theory]
    [InlineData("grants")]
    [InlineData("grantFloor")]
    public async Task Recall_StoreThatWentBack_IsLost(string field)
    {
        await RecallAsync(null);
        await _fleet.SpawnAsync(A);
        var known = (await Store.RecallAsync(0, null, 10, isLost: true)).Mark;
        await _fleet.Database.HashDecrementAsync(_fleet.Keys.Counters, field);

        var lost = await RecallAsync(known);

        Assert.Equal(new StoreRecall(known with { Floor = Floor }, IsLost: true), lost);
        Assert.False((await RecallAsync(lost.Mark)).IsLost);
    }

    [Fact]
    public async Task Recall_FloorThatIsHigherAlready_Stays()
    {
        var high = (await Store.RecallAsync(0, null, Floor * 2, isLost: true)).Mark;

        Assert.Equal(Floor * 2, high.Floor);
        Assert.Equal(Floor * 2, (await Store.RecallAsync(0, high, Floor, isLost: true)).Mark.Floor);
    }

    [Fact]
    public async Task Commit_GrantInAStoreThatWentBack_IsRefusedAndChangesNothing()
    {
        var before = await HealthyAsync(A);
        var known = (await RecallAsync(null)).Mark;
        var decision = SupervisorDecision.Judge(before, Given.Policy, Given.At(Now.AddSeconds(10)))!;

        Assert.Equal(CommitOutcome.Lost, await _fleet.CommitAsync(before, decision, known: known with { Grants = known.Grants + 1 }));
        Assert.Equal(CommitOutcome.Lost, await _fleet.CommitAsync(before, decision, known: known with { Generation = "another" }));
        Assert.Equal(["reader-1#1"], await _fleet.MembersAsync());
        Assert.Equal(CommitOutcome.Done, await _fleet.CommitAsync(before, decision, known: known));
        Assert.Equal(known.Grants + 1, (await RecallAsync(known)).Mark.Grants);
    }

    [Fact]
    public async Task Commit_RunningIncarnationUnderTheFloor_GoesOnAndIsNoGrant()
    {
        var lost = (await Store.RecallAsync(0, null, Floor, isLost: true)).Mark;
        var body = new RunningBody(Given.Definition, 7, Given.Claim, 1);
        var decision = SupervisorDecision.Adopt(await _fleet.LoadAsync(A), body, Given.Policy, Given.At(Now))!;

        Assert.Equal(CommitOutcome.Done, await _fleet.CommitAsync(await _fleet.LoadAsync(A), decision, Given.Definition, lost));
        Assert.Equal(lost, (await RecallAsync(lost)).Mark);
        Assert.Equal(["reader-1#7"], await _fleet.MembersAsync());
    }

    [Fact]
    public async Task Commit_CountersThatAreNoNumbers_BeginAnew()
    {
        await HealthyAsync(A);
        await _fleet.Database.HashSetAsync(_fleet.Keys.Counters, [new("failures", "many"), new("restarts", ""), new("grants", "x")]);

        Assert.Equal(CommitOutcome.Done, await _fleet.JudgeAsync(await _fleet.LoadAsync(A), Given.At(Now.AddSeconds(10))));

        Assert.Equal(new StoreCounters(1, 1, 0, 0, 0), await Store.CountersAsync(0));
    }

    [Theory]
    [InlineData("incarnationFloor")]
    [InlineData("grantFloor")]
    public async Task Commit_OnAFloorThatIsNoNumber_GrantsNothingUntilItIsPutRight(string field)
    {
        await HealthyAsync(A);
        await _fleet.Database.HashSetAsync(_fleet.Keys.Counters, field, "many");

        Assert.Equal(CommitOutcome.Lost, await _fleet.JudgeAsync(await _fleet.LoadAsync(A), Given.At(Now.AddSeconds(10))));
        var recall = await RecallAsync(null);

        Assert.True(recall.IsLost && recall.Mark.Floor == Floor, $"{recall}");
        Assert.True(await Store.IncarnationFloorAsync(0) >= Floor);
        Assert.Equal(CommitOutcome.Done, await _fleet.JudgeAsync(await _fleet.LoadAsync(A), Given.At(Now.AddSeconds(10)) with { IncarnationFloor = Floor }));
    }

    private Task<StoreRecall> RecallAsync(StoreMark? known) => Store.RecallAsync(0, known, Floor, isLost: false);
}
