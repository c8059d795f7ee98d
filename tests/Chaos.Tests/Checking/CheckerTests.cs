using OrleansHealing.Chaos.Faults;
using OrleansHealing.Chaos.Observation;

namespace OrleansHealing.Chaos.Checking;

/// <summary>Histories in which something went wrong: the checker must say so, and say nothing else.</summary>
public sealed class CheckerTests
{
    private readonly History _history = new();

    [Fact]
    public void See_HealingByTheBook_FindsNothing()
    {
        _history.Inject(FaultKind.CrashAgent, agent: "a", mode: "exception", incarnation: 1);
        _history.Restart("crashed", failures: 1);
        Assert.Empty(_history.Next());

        _history.Log("stabilized", 2, "stable");
        _history.Set("healthy", 2, failures: 0);
        Assert.Empty(_history.Next(20));

        _history.Inject(FaultKind.KillSilo, pid: History.Pid);
        _history.Restart("silo-lost", failures: 0);
        Assert.Empty(_history.Next());
        Assert.True(_history.Checker.Back.AreAllBack);
    }

    [Fact]
    public void See_HeartbeatOfAnOlderIncarnation_IsSeen()
    {
        _history.Inject(FaultKind.KillSilo, pid: History.Pid);
        _history.Restart("silo-lost", failures: 0);
        _history.Next();
        _history.Beats["a"] = new BeatSeen(1, 9, History.Host, null);

        Assert.Contains(_history.Next(), v => v is { Rule: "G1 fence", Agent: "a", Evidence: "its heartbeat is of incarnation 1 after one of 2" });
    }

    [Fact]
    public void See_CheckpointOfAnOlderIncarnationOnTop_IsSeen()
    {
        _history.Checkpoints["a"] = [new(1, 7), new(2, 3)];

        Expect("G1 fence", "checkpoint CheckpointSeen { Incarnation = 1, Sequence = 7 } was written after CheckpointSeen { Incarnation = 2, Sequence = 3 }");
    }

    [Fact]
    public void See_NewestCheckpointThatIsOlderThanBefore_IsSeen()
    {
        _history.Checkpoints["a"] = [new(1, 5), new(1, 4)];
        Assert.Empty(_history.Next());
        _history.Checkpoints["a"] = [new(1, 4)];

        Expect("G1 fence", "its newest checkpoint is CheckpointSeen { Incarnation = 1, Sequence = 4 }, after it was CheckpointSeen { Incarnation = 1, Sequence = 5 }");
    }

    [Fact]
    public void See_CheckpointsThatAreGone_IsSeen()
    {
        _history.Checkpoints["a"] = [new(1, 5)];
        Assert.Empty(_history.Next());
        _history.Checkpoints["a"] = [];

        Expect("G1 fence", "its checkpoints are gone; the newest was CheckpointSeen { Incarnation = 1, Sequence = 5 }");
    }

    [Fact]
    public void See_TwoIncarnationsThatMayBeat_IsSeen()
    {
        _history.Live.Add(("a", 2));

        Expect("G3 one live incarnation", "it is healthy #1, and may beat as [1, 2]");
    }

    [Fact]
    public void See_PausedAgentThatMayBeat_IsSeen()
    {
        _history.Inject(FaultKind.PauseAgent, agent: "a", lasts: true);
        _history.Set("paused", 1);
        _history.Live.Add(("a", 1));

        Expect("G3 one live incarnation", "it is paused #1, and may beat as [1]");
    }

    [Fact]
    public void See_TornCommitAfterTheDeathOfAStoreThatTears_IsAllowedForAWhile()
    {
        var history = new History(limits => limits with { TearsScripts = true });
        history.Inject(FaultKind.KillStore);
        history.Live.Add(("a", 2));
        Assert.Empty(history.Next());

        // Longer than a supervisor's look takes, even after an outage.
        Assert.Equal("it is healthy #1, and may beat as [1, 2]", Assert.Single(history.Next(30)).Evidence);
    }

    [Fact]
    public void See_IncarnationGrantedTwice_IsSeen()
    {
        _history.Inject(FaultKind.KillSilo, pid: History.Pid);
        _history.Restart("silo-lost", failures: 0);
        Assert.Empty(_history.Next());
        _history.Log("restarting", 2, "silo-lost");

        Expect("G4 one grant", "'restarting' grants incarnation 2, and 2 was granted before (why)");
    }

    [Fact]
    public void See_IncarnationThatNobodyGranted_IsSeen()
    {
        _history.Set("restarting", 2);

        Expect("G4 one grant", "its state is of incarnation 2, and the log has granted 1 at most");
    }

    [Fact]
    public void See_IncarnationLeftOut_IsSeen()
    {
        _history.Log("restarting", 3, "drained");
        _history.Set("restarting", 3);

        Expect("G4 one grant", "incarnation 3 follows 1: a number was left out (why)");
    }

    [Fact]
    public void See_RespawnedAgentWithANumberItHadBefore_IsSeen()
    {
        _history.Log("removed", 1, "remove");
        _history.Log("spawned", 1, "spawned");

        Expect("G4 one grant", "'spawned' grants incarnation 1, and 1 was granted before (why)");
    }

    [Fact]
    public void See_FailuresForgottenByARestart_IsSeen()
    {
        _history.Inject(FaultKind.CrashAgent, agent: "a", mode: "exception", incarnation: 1);
        _history.Restart("crashed", failures: 1);
        Assert.Empty(_history.Next());
        _history.Set("healthy", 2, failures: 0);

        Expect("G6 reset by health only", "its failures in a row went from 1 to 0; the log says []");
    }

    [Fact]
    public void See_FailureCountedWithoutOne_IsSeen()
    {
        _history.Log("restarting", 2, "drained");
        _history.Set("restarting", 2, failures: 1);

        Expect("G6 reset by health only", "its failures in a row went from 0 to 1; the log says [restarting]");
    }

    [Fact]
    public void See_RecoveredWithoutABeat_IsSeen()
    {
        _history.Log("restarting", 2, "drained");
        _history.Log("recovered", 2, "first-heartbeat");
        _history.Set("restarting", 2);

        Expect("G7 verified recovery", "incarnation 2 is recovered, and the last that has beaten is 1");
    }

    [Fact]
    public void See_RestartBeforeItsWaitIsOver_IsSeen()
    {
        _history.Inject(FaultKind.CrashAgent, agent: "a", mode: "exception", incarnation: 1);
        _history.Log("failed", 1, "crashed", 1);
        _history.Log("backing-off", 1, "crashed", 1);
        _history.Set("backing-off", 1, 1, _history.StoreNow + TimeSpan.FromSeconds(8));
        Assert.Empty(_history.Next());
        _history.Log("restarting", 2, "crashed", 1);
        _history.Set("restarting", 2, 1);

        Assert.Equal("G5 backoff survives", Assert.Single(_history.Next()).Rule);
    }

    [Fact]
    public void See_MoreRestartsThanTheFleetsLimit_IsSeen()
    {
        var history = new History(limits => limits with { RestartBurst = 2, RestartsPerSecond = 0.1 });
        for (var i = 2; i <= 5; i++)
        {
            history.Log("restarting", i, "drained");
        }

        history.Set("restarting", 5);

        Assert.Equal("4 restarts in 10 s; 3 are the most", Assert.Single(history.Next()).Evidence);
    }

    [Fact]
    public void See_QuarantinedTooSoon_IsSeen()
    {
        _history.Inject(FaultKind.CrashAgent, agent: "a", mode: "exception", incarnation: 1);
        _history.Log("failed", 1, "crashed", 3);
        _history.Log("quarantined", 1, "crashed", 3);
        _history.Set("quarantined", 1, 3);

        Expect("G8 quarantine", "quarantined after 3 failures of 8: why");
    }

    [Theory]
    [InlineData(2, "taken for poison after 2 silos of 3: why")]
    [InlineData(3, null)]
    public void See_TakenForPoison_IsRightAfterThreeSilosAlone(int lost, string? evidence)
    {
        var history = new History();
        history.Inject(FaultKind.KillSilo, pid: History.Pid);
        for (var i = 1; i <= lost; i++)
        {
            history.Log("failed", i, "silo-lost", 0);
        }

        history.Log("quarantined", lost, "poison", 0);

        Assert.Equal(evidence, history.Next().Where(v => v.Rule is "G8 quarantine").Select(v => v.Evidence).SingleOrDefault());
    }

    [Fact]
    public void See_ListOverItsLimit_IsSeen()
    {
        _history.Lengths["actions"] = 201;

        Expect("G20 bounded", "'actions' has 201 entries, and 200 is its limit");
    }

    [Fact]
    public void See_ClaimsThatNobodyForgets_IsSeen()
    {
        _history.Lengths["claims"] = 5;

        Expect("G20 bounded", "'claims' has 5 entries, and 4 is its limit");
    }

    [Fact]
    public void See_NobodyFinishesRounds_IsSeenOnce()
    {
        _history.LastRound = _history.StoreNow;
        Assert.Empty(_history.Next(22.9));

        Assert.Equal(["G18 watched watcher"], _history.Next(1.1).Select(v => v.Rule));
        Assert.Empty(_history.Next(5));
    }

    [Fact]
    public void See_NobodyFinishesRoundsWhileTheStoreIsAway_FindsNothing()
    {
        _history.LastRound = _history.StoreNow;
        _history.Inject(FaultKind.FreezeStore, lasts: true);

        Assert.Empty(_history.Next(60));
    }

    [Fact]
    public void See_RecordThatTheProductCannotRead_IsSeen()
    {
        _history.Malformed.Add("healing:{0}:states a: no");

        Expect("G17 malformed", "healing:{0}:states a: no");
    }

    [Fact]
    public void See_CompletedWithOtherTotals_IsSeen()
    {
        var history = new History(limits => limits with { TotalsOf = _ => "3 2 1 ab" });
        history.Log("completed", 1, "returned");
        history.Set("completed", 1);
        history.Show(new { lines = 3, words = 2, bytes = 1, sha256 = "cd" });

        Assert.Equal("it completed with 3 2 1 cd; one clean pass gives 3 2 1 ab", Assert.Single(history.Next()).Evidence);
    }

    [Fact]
    public void See_CompletedWithTheTotals_FindsNothing()
    {
        var history = new History(limits => limits with { TotalsOf = _ => "3 2 1 ab" });
        history.Log("completed", 1, "returned");
        history.Set("completed", 1);
        history.Show(new { lines = 3, words = 2, bytes = 1, sha256 = "ab" });

        Assert.Empty(history.Next());
        Assert.Equal(1, history.Checker.Completed);
    }

    private void Expect(string rule, string evidence)
    {
        var violation = Assert.Single(_history.Next());
        Assert.Equal((rule, evidence), (violation.Rule, violation.Evidence));
    }
}
