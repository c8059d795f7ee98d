using OrleansHealing.Chaos.Faults;

namespace OrleansHealing.Chaos.Checking;

/// <summary>Who is back in time, and who is not. The bound of these limits is 8 + 5 + 18 + 3 + 0.1 + 15 = 49.1 s.</summary>
public sealed class BackRuleTests
{
    private const string Rule = "G2 back in time";
    private readonly History _history = new();

    [Fact]
    public void BackWithin_ByThePolicy_IsTheSumOfWhatMayComeOneAfterTheOther() => Assert.Equal(TimeSpan.FromSeconds(49.1), _history.Checker.BackWithin);

    [Fact]
    public void See_AwayForLongerThanTheBound_IsSeenOnce()
    {
        Away();
        Assert.Empty(_history.Next(49));

        Assert.Equal([Rule], _history.Next(0.2).Select(v => v.Rule));
        Assert.Empty(_history.Next(10));
    }

    [Fact]
    public void See_AwayWhileAFaultLasts_CountsFromItsEnd()
    {
        Away();
        _history.Inject(FaultKind.FreezeStore, lasts: true);
        Assert.Empty(_history.Next(200));
        _history.Faults.Clear();
        _history.Inject(FaultKind.FreezeStore);

        Assert.Empty(_history.Next(49));
        Assert.Equal([Rule], _history.Next(0.2).Select(v => v.Rule));
    }

    [Fact]
    public void See_FaultOfAnotherAgent_IsNoExcuse()
    {
        Away();
        _history.Inject(FaultKind.CrashAgent, agent: "b", mode: "silent", lasts: true);

        Assert.Equal([Rule], _history.Next(49.2).Select(v => v.Rule));
    }

    [Fact]
    public void See_Waiting_CountsFromTheEndOfTheWait()
    {
        _history.Inject(FaultKind.CrashAgent, agent: "a", mode: "exception", incarnation: 1);
        _history.Log("failed", 1, "crashed", 1);
        _history.Log("backing-off", 1, "crashed", 1);
        _history.Set("backing-off", 1, 1, _history.StoreNow + TimeSpan.FromSeconds(8.1));
        Assert.Empty(_history.Next());

        Assert.Empty(_history.Next(57));
        Assert.Equal([Rule], _history.Next(0.2).Select(v => v.Rule));
    }

    [Fact]
    public void See_HealthyWithoutADeadlineAhead_IsNotBack()
    {
        _history.Live.Clear();
        _history.Next();

        Assert.Equal(["a"], _history.Checker.Back.Away);
    }

    [Fact]
    public void See_Back_NotesHowLongItTook()
    {
        Away();
        _history.Next(3);
        _history.Log("recovered", 2, "first-heartbeat");
        _history.Set("healthy", 2);
        _history.Beats["a"] = new(2, 1, History.Host, null);
        _history.Next(1);

        Assert.Equal((TimeSpan.FromSeconds(4), "a"), _history.Checker.Back.LongestReturn);
    }

    [Fact]
    public void See_ToldToFailAndStillThere_IsSeen()
    {
        _history.Inject(FaultKind.CrashAgent, agent: "a", mode: "hang", incarnation: 1);
        Assert.Empty(_history.Next(49));
        Assert.Equal(["a"], _history.Checker.Unnoticed);

        Assert.Equal(["G2 noticed"], _history.Next(0.2).Select(v => v.Rule));
    }

    [Fact]
    public void See_ToldToFailAndReplaced_IsNoticed()
    {
        _history.Inject(FaultKind.CrashAgent, agent: "a", mode: "hang", incarnation: 1);
        _history.Restart("stuck", failures: 1);

        Assert.Empty(_history.Next());
        Assert.Empty(_history.Checker.Unnoticed);
    }

    private void Away()
    {
        _history.Log("restarting", 2, "drained");
        _history.Set("restarting", 2);
        Assert.Empty(_history.Next());
    }
}
