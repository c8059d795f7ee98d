using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>The store's clock is set back by a day under records that were written before.</summary>
public sealed class SupervisorDecisionClockTests
{
    private static readonly DateTimeOffset Yesterday = Given.Now.AddDays(-1);

    [Fact]
    public void Judge_WaitFromBeforeTheClockWentBack_BeginsAnew()
    {
        var state = Given.State(AgentStatus.BackingOff, failures: 4) with { Since = Given.Now, NextRestartAt = Given.Now.AddSeconds(16) };

        var decision = SupervisorDecision.Judge(Given.Resting(state), Given.Policy, Given.At(Yesterday))!;

        Assert.Equal((AgentStatus.BackingOff, Yesterday.AddSeconds(16), 4), (decision.Next!.Status, decision.Next.NextRestartAt!.Value, decision.Next.ConsecutiveFailures));
        Assert.Equal((ActionKind.Repaired, "clock-went-back"), (decision.Actions[0].Action, decision.Actions[0].Reason));
        Assert.Null(SupervisorDecision.Judge(Given.Resting(decision.Next), Given.Policy, Given.At(Yesterday)));
    }

    [Theory]
    [InlineData(Given.Claim, 5)]
    [InlineData(null, 15)]
    public void Judge_DeadlineFromBeforeTheClockWentBack_IsPutIntoThePresent(string? claim, int seconds)
    {
        var state = Given.State(AgentStatus.Restarting, failures: 2) with { NextLookAt = Given.Now.AddSeconds(1) };

        var decision = SupervisorDecision.Judge(Given.Alive(state) with { Claim = claim }, Given.Policy, Given.At(Yesterday))!;

        Assert.Equal((Yesterday.AddSeconds(seconds), Yesterday.AddSeconds(1)), (decision.NewDeadline!.Value, decision.Next!.NextLookAt!.Value));
        Assert.Equal((2, Given.Incarnation), (decision.Next.ConsecutiveFailures, decision.Next.Incarnation));
    }

    [Fact]
    public void Judge_LongestAnnouncedSilence_IsPossible() => Assert.Null(SupervisorDecision.Judge(
        Given.Alive() with { Deadline = Given.Now + Given.Policy.MaxExpectedSilence + Given.Policy.Timeout }, Given.Policy, Given.At(Given.Now)));

    [Fact]
    public void Judge_DeadlineOfALongStopInGoodOrder_IsPossible()
    {
        var policy = Given.Policy with
        {
            MaxExpectedSilence = TimeSpan.FromSeconds(1),
            StopGrace = TimeSpan.FromSeconds(60),
            StartupGrace = TimeSpan.FromSeconds(61),
            Timeout = TimeSpan.FromSeconds(30),
        };
        Assert.Empty(PolicyRules.Check(policy));

        Assert.Null(SupervisorDecision.Judge(
            Given.Alive() with { Deadline = Given.Now + policy.StopGrace + policy.Timeout }, policy, Given.At(Given.Now)));
    }
}
