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
        Given.Alive() with
        {
            Heartbeat = Given.Stored(Given.Beat(Given.Now) with { SilentUntil = Given.Now + Given.Policy.MaxExpectedSilence }),
            Deadline = Given.Now + Given.Policy.MaxExpectedSilence + Given.Policy.Timeout,
        },
        Given.Policy, Given.At(Given.Now)));

    /// <summary>A definition that cannot be read is supervised by the default policy, whose timeout may be shorter than the body promises.</summary>
    [Fact]
    public void Judge_PromisedForLongerThanThePolicyAllows_IsPossible() => Assert.Null(SupervisorDecision.Judge(
        Given.Alive() with
        {
            Heartbeat = Given.Stored(Given.Beat(Given.Now) with { PromiseSeconds = 60 }),
            Deadline = Given.Now.AddSeconds(60),
        },
        Given.Policy, Given.At(Given.Now)));

    [Fact]
    public void Judge_ClockWentBackByLessThanASilenceMayLast_ADeadlineWithoutOneIsPutIntoThePresent()
    {
        var now = Given.Now.AddMinutes(-30);

        var decision = SupervisorDecision.Judge(Given.Alive(), Given.Policy, Given.At(now))!;

        Assert.Equal((now.AddSeconds(5), "clock-went-back"), (decision.NewDeadline!.Value, decision.Actions[0].Reason));
    }

    [Fact]
    public void Judge_GrantedBeforeTheClockWentBackByHalfAnHour_IsOrderedAgainSoon()
    {
        var now = Given.Now.AddMinutes(-30);
        var state = Given.State(AgentStatus.Restarting) with { Since = Given.Now, NextLookAt = Given.Now.AddSeconds(1) };

        var decision = SupervisorDecision.Judge(Given.Alive(state) with { Claim = null, Heartbeat = default }, Given.Policy, Given.At(now))!;

        Assert.Equal((now.AddSeconds(15), now.AddSeconds(1)), (decision.NewDeadline!.Value, decision.Next!.NextLookAt!.Value));
    }

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
