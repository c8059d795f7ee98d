using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Leftovers and garbage: found, kept away from the living, and never deleted where a person may want to look at them.</summary>
public abstract partial class HeartbeatStoreContract
{
    [Fact]
    public async Task Commit_OnAnIncarnationThatWasClaimedMeanwhile_IsAConflictAndChangesNothing()
    {
        var before = await _fleet.SpawnAsync(A, claim: false);
        await _fleet.ClaimAsync(A, 1);

        var (decision, _) = SupervisorDecision.Obey(before, new AgentCommand(CommandKind.Pause, "boris"), Given.Policy, Given.At(Now));

        Assert.Equal(CommitOutcome.Conflict, await _fleet.CommitAsync(before, decision!));
        Assert.Equal(["reader-1#1"], await _fleet.MembersAsync());
        await _fleet.OrderAsync(A, CommandKind.Pause);
        Assert.Empty(await Store.ClaimsOfAsync(0, Given.Host));
    }

    [Fact]
    public async Task Commit_OverAListThatIsNone_WritesNothingUntilItIsSetAside()
    {
        var before = await HealthyAsync(A);
        await _fleet.Database.KeyDeleteAsync(_fleet.Keys.ActionsOf(A));
        await _fleet.Database.StringSetAsync(_fleet.Keys.ActionsOf(A), "x");
        var told = before.Told(FailureReason.Crashed);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => _fleet.JudgeAsync(told, Given.At(Now)));
        Assert.True(StoreOutage.IsWrongType(error) && !StoreOutage.Is(error), error.Message);
        Assert.Equal(before, await _fleet.LoadAsync(A));

        Assert.Equal(_fleet.Keys.ActionsOf(A).ToString(), Assert.Single(await Store.SetWrongTypesAsideAsync(0, A)));
        Assert.Equal(CommitOutcome.Done, await _fleet.JudgeAsync(told, Given.At(Now)));
        Assert.Equal(2, (await _fleet.LoadAsync(A)).State.Value!.Incarnation);
    }

    [Fact]
    public async Task SetWrongTypesAside_WhereAllIsAsItShould_RenamesNothing()
    {
        await HealthyAsync(A);

        Assert.Empty(await Store.SetWrongTypesAsideAsync(0, A));
    }

    [Fact]
    public async Task Sets_OfAnotherType_AreSetAsideAndMembersThatAreKnownAreListedAgain()
    {
        await HealthyAsync(A);
        var claims = _fleet.Keys.ClaimsOf(Given.Host);
        await _fleet.Database.KeyDeleteAsync(claims);
        await _fleet.Database.StringSetAsync([new(_fleet.Keys.GroupOf("readers"), "x"), new(claims, "x")]);

        Assert.Equal([A], await Store.GroupAsync(0, "readers", [A]));
        Assert.Equal([A], await Store.GroupAsync(0, "readers", []));
        Assert.Equal(claims.ToString(), Assert.Single(await Store.SetWrongTypesAsideAsync(0, null)));

        await _fleet.Database.StringSetAsync(claims, "x");
        Assert.Equal(0, await Store.CountClaimsAsync(0, Given.Host));
        await _fleet.Database.StringSetAsync(claims, "x");
        Assert.Empty(await Store.ClaimsOfAsync(0, Given.Host));
    }

    [Fact]
    public async Task Load_RecordOfAnotherAgent_IsMalformed()
    {
        var other = await HealthyAsync(A);
        await _fleet.Database.HashSetAsync(_fleet.Keys.States, "intruder", other.State.Raw);
        await _fleet.Database.HashSetAsync(_fleet.Keys.Definitions, "intruder", other.Definition.Text);

        var intruder = await _fleet.LoadAsync(AgentId.Parse("intruder"));

        Assert.Equal(("it is about 'reader-1'", "it is about 'reader-1'"), (intruder.State.Fault, intruder.Definition.Fault));
        Assert.Null(intruder.State.Value);
    }

    [Fact]
    public async Task Tidy_PlaceThatTheStateDoesNotSpeakOf_IsTaken()
    {
        var before = await HealthyAsync(A);
        await _fleet.Database.SortedSetAddAsync(_fleet.Keys.Looks, A.Value, 0);
        await _fleet.Database.SortedSetAddAsync(_fleet.Keys.Restarts, A.Value, 0);

        await Store.TidyAsync(A, before.State);

        Assert.Empty((await Store.DueAsync(0, Now, 10)).Ids);
    }

    [Fact]
    public async Task Tidy_OnAStateThatChanged_ChangesNothing()
    {
        var before = await HealthyAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Restart);

        await Store.TidyAsync(A, before.State);
        await Store.TidyStatusAsync(A, before.State, AgentStatus.Restarting);

        Assert.Equal(Now + SupervisorDecision.LookAgain, (await Store.DueAsync(0, Now, 10)).NextAt);
        Assert.Equal([A], await Store.IdsAsync(0, AgentStatus.Restarting, null, 10));
    }

    [Fact]
    public async Task TidyStatus_AgentThatIsListedTwice_IsListedOnce()
    {
        var before = await HealthyAsync(A);
        await _fleet.Database.SortedSetAddAsync(_fleet.Keys.ByStatus(AgentStatus.Paused), A.Value, 0);

        await Store.TidyStatusAsync(A, before.State, AgentStatus.Paused);

        Assert.Empty(await Store.IdsAsync(0, AgentStatus.Paused, null, 10));
        Assert.Equal([A], await Store.IdsAsync(0, AgentStatus.Healthy, null, 10));
    }

    [Fact]
    public async Task ForgetClaims_OfADeadHost_LeavesTheOthers()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.Database.SetAddAsync(_fleet.Keys.ClaimsOf(Given.Host), "gone#4");
        await _fleet.Database.HashSetAsync(_fleet.Keys.Claims, "gone#4", "host-a|run-9");
        var claims = await Store.ClaimsOfAsync(0, Given.Host);

        Assert.Equal([false, true], claims.OrderBy(c => c.Id).Zip(await Store.DeadlinesAsync(0, [.. claims.OrderBy(c => c.Id)]), (_, d) => d is not null));
        await Store.ForgetClaimsAsync(0, Given.Host, [new(AgentId.Parse("gone"), 4)]);

        Assert.Equal([new ClaimedIncarnation(A, 1)], await Store.ClaimsOfAsync(0, Given.Host));
        Assert.Equal("host-a|run-1", (await _fleet.LoadAsync(A)).Claim);
    }

    [Fact]
    public async Task LastRound_Noted_IsToldToTheNextSupervisor()
    {
        Assert.Null(await Store.LastRoundAsync(0));

        await Store.NoteRoundAsync(0, 1, new LastRound(Now, null, null));
        Assert.Equal(new LastRound(Now, null, null), await Store.LastRoundAsync(0));

        await Store.NoteRoundAsync(0, 1, new LastRound(Now.AddSeconds(1), Now.AddSeconds(-3), Given.Host));
        Assert.Equal(new LastRound(Now.AddSeconds(1), Now.AddSeconds(-3), Given.Host), await Store.LastRoundAsync(0));

        // What is no news stays; but a panic is over unless it is told.
        await Store.NoteRoundAsync(0, 1, new LastRound(Now.AddSeconds(2), null, null, Now.AddSeconds(9), Now));
        Assert.Equal(new LastRound(Now.AddSeconds(2), Now.AddSeconds(-3), Given.Host, Now.AddSeconds(9), Now), await Store.LastRoundAsync(0));
        await Store.NoteRoundAsync(0, 1, new LastRound(Now.AddSeconds(3), null, null));
        Assert.Equal(new LastRound(Now.AddSeconds(3), Now.AddSeconds(-3), Given.Host, Now.AddSeconds(9)), await Store.LastRoundAsync(0));
    }

    [Fact]
    public async Task Term_OfALaterSupervisor_EndsWhatTheOneBeforeMayWrite()
    {
        var before = await Store.BeginTermAsync(0);
        await Store.NoteRoundAsync(0, before, new LastRound(Now, Now, "host-a"));
        var later = await Store.BeginTermAsync(0);
        var action = new SupervisorAction { Id = "1", At = Now, AgentId = null, Incarnation = 0, Action = ActionKind.HoldBegan, Reason = "stall", Details = "", ConsecutiveFailures = 0 };
        var sample = new FleetSample { At = Now, Seconds = 10, ByStatus = new Dictionary<string, long>(), Failures = 0, Restarts = 0 };

        await Assert.ThrowsAsync<SupersededException>(() => Store.NoteRoundAsync(0, before, new LastRound(Now.AddSeconds(1), Now, "host-a")));
        await Assert.ThrowsAsync<SupersededException>(() => Store.LogAsync(0, before, action));
        await Assert.ThrowsAsync<SupersededException>(() => Store.AddSampleAsync(0, before, sample));
        Assert.Equal(new LastRound(Now, Now, "host-a"), await Store.LastRoundAsync(0));
        Assert.Empty(await Store.ActionsAsync(0, null, 10));
        Assert.Empty(await Store.SamplesAsync(0, 10));

        await Store.NoteRoundAsync(0, later, new LastRound(Now.AddSeconds(2), Now, "host-b"));
        await Store.LogAsync(0, later, action);
        Assert.Equal("host-b", (await Store.LastRoundAsync(0))!.Host);
        Assert.Single(await Store.ActionsAsync(0, null, 10));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no number")]
    public async Task Term_ThatTheStoreLost_IsPutBackByWhoHasIt(string? found)
    {
        await Store.BeginTermAsync(0);
        var term = await Store.BeginTermAsync(0);
        await (found is null ? _fleet.Database.KeyDeleteAsync(_fleet.Keys.Term) : _fleet.Database.StringSetAsync(_fleet.Keys.Term, found));

        await Store.NoteRoundAsync(0, term, new LastRound(Now, null, "host-a"));

        Assert.Equal(term + 1, await Store.BeginTermAsync(0));
    }
}
