using System.Collections.Concurrent;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Decisions: whole or not at all, and only on what they were made on.</summary>
public abstract partial class HeartbeatStoreContract
{
    [Fact]
    public async Task Commit_Spawn_WritesAllOfIt()
    {
        var snapshot = await _fleet.SpawnAsync(A, claim: false);

        Assert.Equal((AgentStatus.Starting, 1L), (snapshot.State.Value!.Status, snapshot.State.Value.Incarnation));
        Assert.Equal(("test", Now.AddSeconds(15)), (snapshot.Definition.Value!.Kind, snapshot.Deadline));
        Assert.Equal([A], await Store.IdsAsync(0, AgentStatus.Starting, null, 10));
        Assert.Equal(ActionKind.Spawned, Assert.Single(await Store.ActionsAsync(0, A, 10)).Action);
        var due = await Store.DueAsync(0, Now, 10);
        Assert.Empty(due.Ids);
        Assert.Equal(Now + SupervisorDecision.LookAgain, due.NextAt);
    }

    [Fact]
    public async Task Commit_OnAStateThatChanged_IsAConflictAndChangesNothing()
    {
        var before = await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Restart);
        var changed = await _fleet.LoadAsync(A);

        Assert.Equal(CommitOutcome.Conflict, await _fleet.JudgeAsync(before.Told(FailureReason.Crashed), Given.At(Now)));
        Assert.Equal(changed, await _fleet.LoadAsync(A));
        Assert.Equal(2, (await Store.ActionsAsync(0, A, 10)).Count);
    }

    [Fact]
    public async Task Commit_SpawnOfAnAgentThatIsThere_IsAConflict()
    {
        var empty = await _fleet.LoadAsync(A);
        await _fleet.SpawnAsync(A);
        var decision = SupervisorDecision.Spawn(Given.Definition, Given.Policy, "boris", 0, Given.At(Now));

        Assert.Equal(CommitOutcome.Conflict, await _fleet.CommitAsync(empty, decision, Given.Definition));
        Assert.Equal("anna", (await _fleet.LoadAsync(A)).State.Value!.Desired.Actor);
    }

    [Fact]
    public async Task Commit_SilenceOfAnAgentThatWasHeardSince_IsNotDone()
    {
        var before = await HealthyAsync(A);
        await _fleet.BeatAsync(A, 1, Now.AddSeconds(11));

        Assert.Equal(CommitOutcome.HeardSince, await _fleet.JudgeAsync(before, Given.At(Now.AddSeconds(10))));
        Assert.Equal(["reader-1#1"], await _fleet.MembersAsync());
        Assert.Equal(AgentStatus.Healthy, (await _fleet.LoadAsync(A)).State.Value!.Status);
    }

    [Fact]
    public async Task Commit_SilenceOfAnAgentThatToldMeanwhile_IsNotDone()
    {
        var before = await HealthyAsync(A);
        await Store.ReportAsync(
            A,
            new() { Incarnation = 1, Kind = ReportKind.Failed, Reason = FailureReason.Fatal, Message = "m", At = Now.AddSeconds(9) },
            before.Claim,
            null);

        Assert.Equal(CommitOutcome.HeardSince, await _fleet.JudgeAsync(before, Given.At(Now.AddSeconds(10))));
        Assert.Equal(FailureReason.Fatal, (await _fleet.LoadAsync(A)).CurrentReport!.Reason);
    }

    /// <summary>Nobody tells an end twice, so a decision that did not know of it must not take it out.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Commit_OfWhatWasReadBeforeAnEndWasTold_IsNotDone(bool isOrder)
    {
        var before = await HealthyAsync(A);
        Assert.True(await _fleet.ReportAsync(A, 1, FailureReason.Fatal));
        var deadline = (await _fleet.LoadAsync(A)).Deadline;

        // As when the report came between the first and the second half of what is read.
        before = before with { Deadline = deadline };
        var decision = isOrder
            ? Given.Decided(DecisionInputs.OfObey(before, new AgentCommand(CommandKind.Pause, "boris"), Given.Policy, Given.At(Now)))
            : Given.Decided(DecisionInputs.OfJudge(before, Given.Policy, Given.At(Now.AddSeconds(10))));

        Assert.Equal(CommitOutcome.HeardSince, await _fleet.CommitAsync(before, decision!));
        Assert.Equal(FailureReason.Fatal, (await _fleet.LoadAsync(A)).CurrentReport!.Reason);
    }

    [Fact]
    public async Task Commit_Restart_MovesTheFenceAndForgetsTheOldBody()
    {
        await HealthyAsync(A);
        await _fleet.ReportAsync(A, 1);

        Assert.Equal(CommitOutcome.Done, await _fleet.JudgeAsync(await _fleet.LoadAsync(A), Given.At(Now.AddSeconds(1))));

        var snapshot = await _fleet.LoadAsync(A);
        Assert.Equal((AgentStatus.Restarting, 2L), (snapshot.State.Value!.Status, snapshot.State.Value.Incarnation));
        Assert.Equal((Now.AddSeconds(16), null, null), (snapshot.Deadline, snapshot.ClaimedBy, snapshot.Report.Text));
        Assert.Equal(["reader-1#2"], await _fleet.MembersAsync());
        Assert.Equal(0, await Store.CountClaimsAsync(0, Given.Host));
        Assert.Equal([A], await Store.IdsAsync(0, AgentStatus.Restarting, null, 10));
        Assert.Empty(await Store.IdsAsync(0, AgentStatus.Healthy, null, 10));
    }

    [Fact]
    public async Task Commit_BackingOff_IsDueWhenItsWaitIsOver()
    {
        await HealthyAsync(A);
        await _fleet.ReportAsync(A, 1, FailureReason.ToldToWait);
        Assert.Equal(CommitOutcome.Done, await _fleet.JudgeAsync(await _fleet.LoadAsync(A), Given.At(Now.AddSeconds(1))));

        var at = (await _fleet.LoadAsync(A)).State.Value!.NextRestartAt!.Value;
        Assert.Empty(await _fleet.MembersAsync());
        Assert.Equal(at, (await Store.DueAsync(0, Now.AddSeconds(1), 10)).NextAt);
        Assert.Equal([A], (await Store.DueAsync(0, at, 10)).Ids);
        Assert.False(await _fleet.BeatAsync(A, 1, at));
    }

    [Fact]
    public async Task Commit_ByManySupervisorsAtOnce_IsDoneOnceUnderABeatingAgent()
    {
        await HealthyAsync(A);
        await _fleet.ReportAsync(A, 1);
        var before = await _fleet.LoadAsync(A);
        var isOver = false;
        var answers = new ConcurrentQueue<bool>();
        var beating = Task.Run(async () =>
        {
            for (var i = 0; !Volatile.Read(ref isOver); i++)
            {
                answers.Enqueue(await _fleet.BeatAsync(A, 1, Now.AddSeconds(100 + i), withRecord: i % 2 == 0));
            }
        }, TestContext.Current.CancellationToken);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => _fleet.JudgeAsync(before, Given.At(Now.AddSeconds(1))))));
        Volatile.Write(ref isOver, true);
        await beating;

        Assert.Equal(1, outcomes.Count(o => o is CommitOutcome.Done));
        Assert.Equal(31, outcomes.Count(o => o is CommitOutcome.Conflict));
        Assert.Equal(answers, answers.OrderDescending());
        Assert.False(await _fleet.BeatAsync(A, 1, Now.AddDays(1)));
        var after = await _fleet.LoadAsync(A);
        Assert.Equal((2L, Now.AddSeconds(16)), (after.State.Value!.Incarnation, after.Deadline));
        Assert.Equal(["reader-1#2"], await _fleet.MembersAsync());
        Assert.Equal(1, (await Store.CountersAsync(0)).Restarts);
    }

    [Fact]
    public async Task Claim_ByManyBodiesAtOnce_IsAcceptedFromOne()
    {
        await _fleet.SpawnAsync(A, claim: false);

        var accepted = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => _fleet.ClaimAsync(A, 1, $"run-{i}", $"host-{i % 3}"))));

        Assert.Equal(1, accepted.Count(done => done));
    }

    [Fact]
    public async Task Commit_Removal_LeavesNothingButTheLogAndTheFloor()
    {
        await HealthyAsync(A);
        await SaveAsync(1, 1);
        await _fleet.OrderAsync(A, CommandKind.Restart);
        await _fleet.OrderAsync(A, CommandKind.Remove);

        var snapshot = await _fleet.LoadAsync(A);
        Assert.Equal((null, null, null, null), (snapshot.State.Text, snapshot.Definition.Text, snapshot.Heartbeat.Text, snapshot.Report.Text));
        Assert.Empty(await _fleet.MembersAsync());
        Assert.Empty(await Store.LoadCheckpointsAsync(A, 10));
        Assert.Empty(await Store.ActionsAsync(0, A, 10));
        Assert.All((await Store.CountAsync(0)).Values, count => Assert.Equal(0, count));
        var due = await Store.DueAsync(0, Now.AddYears(1), 10);
        Assert.Equal((0, null), (due.Ids.Count, due.NextAt));
        Assert.Equal(ActionKind.Removed, (await Store.ActionsAsync(0, null, 10))[0].Action);
        Assert.Equal(2, await Store.IncarnationFloorAsync(0));
    }

    [Fact]
    public async Task Commit_SpawnOfARemovedName_IsGivenNumbersThatWereNeverGranted()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Restart);
        await _fleet.OrderAsync(A, CommandKind.Remove);

        Assert.Equal(3, (await _fleet.SpawnAsync(A)).State.Value!.Incarnation);
        Assert.False(await _fleet.BeatAsync(A, 1, Now));
        Assert.False(await _fleet.BeatAsync(A, 2, Now));
    }

    [Fact]
    public async Task Commit_SpawnUnderAFloorThatRose_IsAConflict()
    {
        var empty = await _fleet.LoadAsync(B);
        await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Remove);
        var definition = Given.Definition with { Id = B };

        var decision = SupervisorDecision.Spawn(definition, Given.Policy, "anna", 0, Given.At(Now));

        Assert.Equal(CommitOutcome.Conflict, await _fleet.CommitAsync(empty, decision, definition));
        Assert.Null((await _fleet.LoadAsync(B)).State.Text);
    }

    [Fact]
    public async Task Commit_RecoveryFromAFailure_IsCounted()
    {
        await HealthyAsync(A);
        await _fleet.ReportAsync(A, 1);
        await _fleet.JudgeAsync(await _fleet.LoadAsync(A), Given.At(Now.AddSeconds(1)));
        await Store.ClaimAsync(A, Given.Beat(Now.AddSeconds(3), 2), "run-2", Now.AddSeconds(8));
        await _fleet.JudgeAsync(await _fleet.LoadAsync(A), Given.At(Now.AddSeconds(3)));

        Assert.Equal(new StoreCounters(1, 1, 1, 2_000, 0), await Store.CountersAsync(0));
    }

    [Fact]
    public async Task Commit_ManyActions_KeepsTheNewestOfTheFleetAndOfEachAgent()
    {
        await _fleet.SpawnAsync(B);
        await _fleet.SpawnAsync(A);
        for (var i = 0; i < 7; i++)
        {
            await _fleet.OrderAsync(A, CommandKind.Restart);
        }

        var fleet = await Store.ActionsAsync(0, null, 100);
        Assert.Equal([8L, 7, 6, 5, 4], fleet.Select(a => a.Incarnation));
        Assert.Equal(fleet, await Store.ActionsAsync(0, A, 100));
        Assert.Equal([8L, 7], (await Store.ActionsAsync(0, A, 2)).Select(a => a.Incarnation));
        Assert.Equal(ActionKind.Spawned, Assert.Single(await Store.ActionsAsync(0, B, 100)).Action);
    }

    private async Task<AgentSnapshot> HealthyAsync(AgentId id)
    {
        var claimed = await _fleet.SpawnAsync(id);
        Assert.Equal(CommitOutcome.Done, await _fleet.JudgeAsync(claimed, Given.At(Now)));
        return await _fleet.LoadAsync(id);
    }
}
