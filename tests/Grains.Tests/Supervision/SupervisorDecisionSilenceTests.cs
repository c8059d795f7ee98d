using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>What counts as failure when nobody told one: missed deadlines, dead hosts, and what holds judgement back.</summary>
public sealed class SupervisorDecisionSilenceTests
{
    private static readonly SupervisionPolicy Watched = Given.Policy with { ProgressTimeout = TimeSpan.FromSeconds(60) };

    [Fact]
    public void Judge_BeforeTheDeadline_DoesNothing() =>
        Assert.Null(SupervisorDecision.Judge(Given.Alive(), Given.Policy, Given.At(Given.Now.AddSeconds(3).AddTicks(-1))));

    [Fact]
    public void Judge_AtTheDeadline_IsSilentOnlyWhileTheDeadlineStands()
    {
        var deadline = Given.Now.AddSeconds(3);

        var decision = SupervisorDecision.Judge(Given.Alive(), Given.Policy, Given.At(deadline.AddMilliseconds(30)))!;

        Assert.Equal(new AgentFailure(FailureReason.Silent, "no heartbeat by its deadline; 5 s of silence are allowed", deadline), decision.Next!.LastFailure);
        Assert.Equal(deadline, decision.OnlyIfDeadlineAtMost);
        Assert.Equal(0.03, decision.Actions[0].DetectSeconds);
    }

    [Fact]
    public void Judge_DeadlineThatTheProgressTimeoutSet_IsStuck()
    {
        var progressAt = Given.Now.AddSeconds(-60);
        var beat = Given.Beat(Given.Now.AddSeconds(-1)) with { ProgressAt = progressAt };
        var snapshot = Given.Alive() with { Heartbeat = Given.Stored(beat), Deadline = progressAt.AddSeconds(60) };

        var failure = SupervisorDecision.Judge(snapshot, Watched, Given.At(Given.Now))!.Next!.LastFailure!;

        Assert.Equal((FailureReason.Stuck, "alive, but no progress for 60 s"), (failure.Reason, failure.Message));
    }

    [Fact]
    public void Judge_DeadlineThatALostBeatSet_IsSilentAlsoWithAProgressTimeout()
    {
        var beat = Given.Beat(Given.Now.AddSeconds(-6)) with { ProgressAt = Given.Now.AddSeconds(-20) };
        var snapshot = Given.Alive() with { Heartbeat = Given.Stored(beat), Deadline = Given.Now.AddSeconds(-1) };

        Assert.Equal(FailureReason.Silent, SupervisorDecision.Judge(snapshot, Watched, Given.At(Given.Now))!.Next!.LastFailure!.Reason);
    }

    [Fact]
    public void Judge_ProgressAtTheEndOfTime_DoesNotThrow()
    {
        var beat = Given.Beat(Given.Now) with { ProgressAt = DateTimeOffset.MaxValue };
        var snapshot = Given.Alive() with { Heartbeat = Given.Stored(beat), Deadline = Given.Now };

        Assert.Equal(FailureReason.Silent, SupervisorDecision.Judge(snapshot, Watched, Given.At(Given.Now))!.Next!.LastFailure!.Reason);
    }

    [Theory]
    [InlineData(AgentStatus.Starting, null, FailureReason.StartTimedOut)]
    [InlineData(AgentStatus.Restarting, null, FailureReason.StartTimedOut)]
    [InlineData(AgentStatus.Restarting, Given.Host, FailureReason.Silent)]
    [InlineData(AgentStatus.Healthy, null, FailureReason.Silent)]
    public void Judge_MissedDeadline_IsAFailedStartOnlyBeforeTheClaim(AgentStatus status, string? claimedBy, FailureReason reason)
    {
        var snapshot = Given.Alive(Given.State(status)) with { Claim = claimedBy };

        Assert.Equal(reason, SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(Given.Now.AddSeconds(4)))!.Next!.LastFailure!.Reason);
    }

    [Fact]
    public void Judge_SilenceInsideAHold_IsNotJudgedBeforeAFullTimeout()
    {
        var back = Given.Now.AddSeconds(20);
        Circumstances Held(DateTimeOffset now) => Given.At(now) with { HeardSince = back };

        Assert.Null(SupervisorDecision.Judge(Given.Alive(), Given.Policy, Held(back)));
        Assert.Null(SupervisorDecision.Judge(Given.Alive(), Given.Policy, Held(back.AddSeconds(5).AddTicks(-1))));
        Assert.NotNull(SupervisorDecision.Judge(Given.Alive(), Given.Policy, Held(back.AddSeconds(5))));
    }

    [Fact]
    public void Judge_CrashToldInsideAHold_IsJudgedAtOnce()
    {
        var held = Given.At(Given.Now) with { HeardSince = Given.Now };

        Assert.Equal(AgentStatus.Restarting, SupervisorDecision.Judge(Given.Alive().Told(FailureReason.Crashed), Given.Policy, held)!.Next!.Status);
    }

    [Fact]
    public void Judge_HostDeadInsideAHold_IsJudgedAtOnceAndCostsNothing()
    {
        var held = Given.At(Given.Now) with
        {
            HeardSince = Given.Now,
            DeadHosts = new HashSet<string> { Given.Host },
            SiloNames = new Dictionary<string, string> { [Given.Host] = "silo-2" },
        };

        var decision = SupervisorDecision.Judge(Given.Alive(Given.State(failures: 7)), Given.Policy, held)!;

        Assert.Equal((AgentStatus.Restarting, 7, 8L), (decision.Next!.Status, decision.Next.ConsecutiveFailures, decision.Next.Incarnation));
        Assert.Equal(("silo-lost", "silo silo-2 died; uses up no budget", "silo-2"), (decision.Actions[0].Reason, decision.Actions[0].Details, decision.Actions[0].Silo));
        Assert.Null(decision.OnlyIfDeadlineAtMost);
    }

    [Fact]
    public void Judge_DeadlineThatTheEndOfAnAnnouncedSilenceSet_IsStuck()
    {
        var beat = Given.Beat(Given.Now.AddSeconds(-1)) with { ProgressAt = Given.Now.AddMinutes(-10), SilentUntil = Given.Now };
        var snapshot = Given.Alive() with { Heartbeat = Given.Stored(beat), Deadline = Given.Now };

        Assert.Equal(FailureReason.Stuck, SupervisorDecision.Judge(snapshot, Watched, Given.At(Given.Now))!.Next!.LastFailure!.Reason);
    }

    [Fact]
    public void Judge_SilentWithItsWholeHost_CostsNothingAndStaysGuarded()
    {
        var deadline = Given.Now.AddSeconds(3);
        var circumstances = Given.At(deadline) with { SilentHosts = new HashSet<string> { Given.Host } };

        var decision = SupervisorDecision.Judge(Given.Alive(Given.State(failures: 7)), Given.Policy, circumstances)!;

        Assert.Equal((AgentStatus.Restarting, 7, FailureReason.SiloLost), (decision.Next!.Status, decision.Next.ConsecutiveFailures, decision.Next.LastFailure!.Reason));
        Assert.Equal(deadline, decision.OnlyIfDeadlineAtMost);
    }

    [Fact]
    public void Judge_StuckOnASilentHost_IsStuck()
    {
        var beat = Given.Beat(Given.Now.AddSeconds(-1)) with { ProgressAt = Given.Now.AddSeconds(-60) };
        var snapshot = Given.Alive() with { Heartbeat = Given.Stored(beat), Deadline = Given.Now };
        var circumstances = Given.At(Given.Now) with { SilentHosts = new HashSet<string> { Given.Host } };

        Assert.Equal(1, SupervisorDecision.Judge(snapshot, Watched, circumstances)!.Next!.ConsecutiveFailures);
    }

    [Fact]
    public void Judge_AnotherHostDead_DoesNothing() => Assert.Null(SupervisorDecision.Judge(
        Given.Alive(), Given.Policy, Given.At(Given.Now) with { DeadHosts = new HashSet<string> { "host-b" } }));

    [Fact]
    public void Judge_ToldByAHostThatDiedAfter_CountsWhatWasTold()
    {
        var circumstances = Given.At(Given.Now) with { DeadHosts = new HashSet<string> { Given.Host } };

        Assert.Equal(1, SupervisorDecision.Judge(Given.Alive().Told(FailureReason.Crashed), Given.Policy, circumstances)!.Next!.ConsecutiveFailures);
    }

    [Fact]
    public void Judge_MalformedHeartbeat_IsNeitherLifeNorDeath()
    {
        var snapshot = Given.Alive() with { Heartbeat = Given.Malformed<Heartbeat>(), Report = Given.Malformed<IncarnationReport>() };

        Assert.Null(SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(Given.Now)));
        Assert.Equal(
            FailureReason.Silent, SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(Given.Now.AddSeconds(3)))!.Next!.LastFailure!.Reason);
    }

    [Theory]
    [InlineData(AgentStatus.Paused)]
    [InlineData(AgentStatus.Quarantined)]
    [InlineData(AgentStatus.Stopped)]
    [InlineData(AgentStatus.Completed)]
    public void Judge_AgentAtRest_IsLeftAlone(AgentStatus status)
    {
        var snapshot = Given.Alive(Given.State(status)).Told(FailureReason.Crashed) with { Deadline = Given.Now.AddDays(-1) };

        Assert.Null(SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(Given.Now) with { DeadHosts = new HashSet<string> { Given.Host } }));
    }

    [Fact]
    public void Judge_WithoutAState_IsRefused() => Assert.Throws<ArgumentException>(
        () => SupervisorDecision.Judge(Given.Alive() with { State = default }, Given.Policy, Given.At(Given.Now)));
}
