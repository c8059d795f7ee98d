using OrleansHealing.Chaos.Faults;

namespace OrleansHealing.Chaos.Checking;

/// <summary>Which faults excuse which failures.</summary>
public sealed class CauseRuleTests
{
    private const string Rule = "G9 no failure without a cause";

    public static TheoryData<string, FaultKind, string?, int?, bool> Causes() => new()
    {
        { "crashed", FaultKind.CrashAgent, "exception", null, true },
        { "crashed", FaultKind.CrashAgent, "hang", null, false },
        { "crashed", FaultKind.KillSilo, null, History.Pid, false },
        { "exited", FaultKind.CrashAgent, "exit", null, true },
        { "stuck", FaultKind.CrashAgent, "block", null, true },
        { "stuck", FaultKind.FreezeStore, null, null, false },
        { "stuck", FaultKind.HogCpu, null, null, true },
        { "silent", FaultKind.CrashAgent, "silent", null, true },
        { "silent", FaultKind.FreezeStore, null, null, false },
        { "silent", FaultKind.KillStore, null, null, false },
        { "silent", FaultKind.FreezeSilo, null, History.Pid, true },
        { "silent", FaultKind.FreezeSilo, null, History.Pid + 1, false },
        { "silent", FaultKind.KillSilo, null, History.Pid, false },
        { "silo-lost", FaultKind.KillSilo, null, History.Pid, true },
        { "silo-lost", FaultKind.KillSilo, null, History.Pid + 1, false },
        { "silo-lost", FaultKind.StopSilo, null, History.Pid, false },
        { "silo-lost", FaultKind.RollingRestart, null, History.Pid, false },
        { "silo-lost", FaultKind.JoinSilo, null, History.Pid, false },
        { "silo-lost", FaultKind.KillStore, null, null, false },
        { "start-timed-out", FaultKind.KillStore, null, null, false },
        { "start-timed-out", FaultKind.FreezeSilo, null, History.Pid + 1, true },
        { "start-failed", FaultKind.HogCpu, null, null, false },
        { "fatal", FaultKind.HogCpu, null, null, false },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void See_FailureAfterAFault_IsExcusedByItsOwnCauseAlone(string reason, FaultKind kind, string? mode, int? pid, bool isExcused)
    {
        var history = new History();
        history.Inject(kind, pid, mode is null ? null : "a", mode);
        history.Restart(reason, failures: 1);

        Assert.Equal(isExcused ? [] : [Rule], history.Next().Select(v => v.Rule));
    }

    [Fact]
    public void See_FailureLongAfterAFault_IsNotExcused()
    {
        var history = new History();
        history.Inject(FaultKind.HogCpu, ago: TimeSpan.FromSeconds(31));
        history.Restart("silent", failures: 1);

        Assert.Equal([Rule], history.Next().Select(v => v.Rule));
    }

    [Fact]
    public void See_RepairOfWhatNothingBroke_IsSeen()
    {
        var history = new History();
        history.Log("repaired", 1, "deadline-lost");

        Assert.Equal([Rule], history.Next().Select(v => v.Rule));
    }
}
