using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>What decisions were made on is there for as long as somebody may ask.</summary>
public abstract partial class HeartbeatStoreContract
{
    [Fact]
    public async Task Commit_WithActions_RecordsWhatItWasDecidedOn()
    {
        await HealthyAsync(A);
        await _fleet.ReportAsync(A, 1);
        var before = await _fleet.LoadAsync(A);
        await _fleet.JudgeAsync(before, Given.At(Now.AddSeconds(1.2345678), 0.7));

        var evidence = await Store.EvidenceAsync(A);

        Assert.All(evidence, e => Assert.Null(e.Fault));
        Assert.Equal([DecisionEntry.Judge, DecisionEntry.Judge, DecisionEntry.Spawn], evidence.Select(e => e.Value!.Entry));
        var newest = evidence[0].Value!;
        Assert.Equal((before.State.Value, before.Claim, Now.AddSeconds(1.2345678), 0.7), (newest.State, newest.Claim, newest.Circumstances.Now, newest.Circumstances.Random));
        Assert.All(await Store.ActionsAsync(0, A, 2), action => Assert.Equal(newest.Id, DecisionEvidence.IdOf(action.Id)));
    }

    [Fact]
    public async Task Commit_WithoutActions_RecordsNothing()
    {
        await _fleet.SpawnAsync(A, claim: false);

        Assert.Equal(CommitOutcome.Done, await _fleet.JudgeAsync(await _fleet.LoadAsync(A), Given.At(Now.AddSeconds(1))));

        Assert.Single(await Store.EvidenceAsync(A));
    }

    [Fact]
    public async Task Commit_ManyDecisions_KeepsTheEvidenceOfTheLastOfEachAgent()
    {
        await _fleet.SpawnAsync(B);
        await _fleet.SpawnAsync(A);
        for (var i = 0; i < 7; i++)
        {
            await _fleet.OrderAsync(A, CommandKind.Restart, random: i / 10.0);
        }

        Assert.Equal([0.6, 0.5, 0.4, 0.3, 0.2, 0.1], (await Store.EvidenceAsync(A)).Select(e => e.Value!.Circumstances.Random));
        Assert.Single(await Store.EvidenceAsync(B));
    }

    [Fact]
    public async Task Commit_Removal_KeepsTheEvidenceForADay()
    {
        await HealthyAsync(A);
        Assert.Null(await _fleet.Database.KeyTimeToLiveAsync(_fleet.Keys.EvidenceOf(A)));

        await _fleet.OrderAsync(A, CommandKind.Remove);

        Assert.Equal(CommandKind.Remove, (await Store.EvidenceAsync(A))[0].Value!.Command!.Kind);
        Assert.InRange((await _fleet.Database.KeyTimeToLiveAsync(_fleet.Keys.EvidenceOf(A)))!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task Commit_SpawnOfARemovedName_KeepsItsEvidenceForGood()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Remove);
        await _fleet.SpawnAsync(A);

        Assert.Equal([DecisionEntry.Spawn, DecisionEntry.Obey, DecisionEntry.Spawn], (await Store.EvidenceAsync(A)).Select(e => e.Value!.Entry));
        Assert.Null(await _fleet.Database.KeyTimeToLiveAsync(_fleet.Keys.EvidenceOf(A)));
    }

    [Fact]
    public async Task Explain_AnyActionOfTheLog_IsTheSameAgainAndNamesItsRule()
    {
        await _fleet.JudgeAsync(await _fleet.SpawnAsync(A), Given.At(Now, 0.6));
        await _fleet.ReportAsync(A, 1);
        await _fleet.JudgeAsync(await _fleet.LoadAsync(A), Given.At(Now.AddSeconds(1.2345678)));
        await _fleet.OrderAsync(A, CommandKind.Pause, random: 0.7);
        var explainer = new Explainer(Store);

        var explained = await Task.WhenAll((await Store.ActionsAsync(0, A, 10)).Select(a => explainer.ExplainAsync(a.Id, null)));

        Assert.All(explained, e => Assert.True(e!.IsSame, string.Join("; ", e.Differences)));
        Assert.Equal(
            [("paused", "order"), ("restarting", "backoff"), ("failed", "report"), ("recovered", "recovered"), ("spawned", "spawned")],
            explained.Select(e => (OrleansHealing.Serialization.Words.ToWord(e!.Action.Action), e.Rule!)));
    }

    [Fact]
    public async Task Explain_RemovedAgent_IsToldFromTheFleetsLog()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Remove, random: 0.6);

        var explained = await new Explainer(Store).ExplainAsync(null, A);

        Assert.Equal((ActionKind.Removed, "order", true), (explained!.Action.Action, explained.Rule, explained.IsSame));
    }

    [Fact]
    public async Task Explain_WhatIsNotThere_SaysWhich()
    {
        await _fleet.SpawnAsync(A);
        var action = (await Store.ActionsAsync(0, A, 1))[0];
        var explainer = new Explainer(Store);
        Assert.Null(await explainer.ExplainAsync("000-000-0", null));
        Assert.Null(await explainer.ExplainAsync(null, B));

        var key = _fleet.Keys.EvidenceOf(A);
        var text = (string)(await _fleet.Database.ListGetByIndexAsync(key, 0))!;
        await _fleet.Database.ListSetByIndexAsync(key, 0, text.Replace("\"policy\"", "\"newer\"", StringComparison.Ordinal));
        Assert.StartsWith("What it was decided on cannot be read by this version", (await explainer.ExplainAsync(action.Id, null))!.Unexplained);
        Assert.Equal(1, await Store.CountMalformedAsync(0));

        await _fleet.Database.ListSetByIndexAsync(key, 0, text.Replace("\"startupSeconds\":15", "\"startupSeconds\":16", StringComparison.Ordinal));
        var changed = await explainer.ExplainAsync(action.Id, null);
        Assert.False(changed!.IsSame);
        Assert.EndsWith("must be heard within 15 s, now by anna, kind test; incarnation 1 must be heard within 16 s", Assert.Single(changed.Differences));
        Assert.Equal(0, await Store.CountMalformedAsync(0));

        await _fleet.Database.KeyDeleteAsync(key);
        Assert.StartsWith("What it was decided on is not recorded any more", (await explainer.ExplainAsync(action.Id, A))!.Unexplained);
    }
}
