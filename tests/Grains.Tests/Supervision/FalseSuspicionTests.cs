using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>What counts as a mistake of the failure detector, when an incarnation proves alive that was superseded.</summary>
public sealed class FalseSuspicionTests
{
    [Theory]
    [InlineData(FailureReason.Silent)]
    [InlineData(FailureReason.SiloLost)]
    public void Of_GivenUpOnForSilence_IsAMistakeFromTheMissedDeadlineOn(FailureReason reason)
    {
        var mistake = FalseSuspicion.Of([Failed(reason.ToWord(), 2), Failed("crashed", 1)], 2, gotOnAt: null);

        Assert.Equal(new FalseSuspicion(reason, Given.Now.AddSeconds(-0.25)), mistake);
    }

    [Theory]
    [InlineData("crashed")]
    [InlineData("exited")]
    [InlineData("start-timed-out")]
    public void Of_FailedByWhatWasTold_IsNone(string reason) => Assert.Null(FalseSuspicion.Of([Failed(reason, 2)], 2, Given.Now.AddSeconds(1)));

    [Fact]
    public void Of_SilenceOfAnotherIncarnation_IsNone() => Assert.Null(FalseSuspicion.Of([Failed("silent", 1), Failed("silent", 3)], 2, Given.Now));

    [Fact]
    public void Of_SupersededByAPerson_IsNone() =>
        Assert.Null(FalseSuspicion.Of([Failed("silent", 2) with { Action = ActionKind.Restarting }], 2, Given.Now));

    [Theory]
    [InlineData(null, false)]
    [InlineData(-3.0, false)]
    [InlineData(0.5, true)]
    public void Of_GivenUpOnAsStuck_IsAMistakeOnlyWhenTheBodyGotOnAfterwards(double? gotOnAfter, bool isMistake) => Assert.Equal(
        isMistake,
        FalseSuspicion.Of([Failed("stuck", 2)], 2, gotOnAfter is { } seconds ? Given.Now.AddSeconds(seconds) : null) is not null);

    private static SupervisorAction Failed(string reason, long incarnation) => new()
    {
        Id = $"{incarnation}",
        At = Given.Now,
        AgentId = Given.Id,
        Action = ActionKind.Failed,
        Incarnation = incarnation,
        Reason = reason,
        Details = "",
        ConsecutiveFailures = 1,
        DetectSeconds = 0.25,
    };
}
