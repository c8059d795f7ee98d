using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats;

/// <summary>By when agents that beat from outside the cluster are awaited next.</summary>
public sealed class ExternalBeatsTests
{
    private static readonly DateTimeOffset Now = Given.Now;
    private static readonly SupervisionPolicy Policy = Given.Policy with { ProgressTimeout = TimeSpan.FromSeconds(12) };

    [Theory]
    [InlineData(1, 5)]
    [InlineData(4, 5)]
    [InlineData(9, 3)]
    [InlineData(12, 0)]
    public void Next_BeatsWithoutProgress_AreAwaitedUntilItsLackCounts(int seconds, int promised)
    {
        var (last, deadline) = (Begin(), Now);
        for (var i = 1; i <= seconds; i++)
        {
            (deadline, last) = ExternalBeats.Next(last, new ExternalHeartbeat(1), Policy, Now.AddSeconds(i));
        }

        Assert.Equal(promised, (deadline - Now.AddSeconds(seconds)).TotalSeconds);
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void Next_AfterTheClockStepped_CountsNoneOfTheStepAsLackOfProgress(int step)
    {
        var (_, second) = ExternalBeats.Next(Begin(), new ExternalHeartbeat(1), Policy, Now.AddSeconds(1));

        var (deadline, third) = ExternalBeats.Next(second, new ExternalHeartbeat(1), Policy, Now.AddSeconds(2 + step));

        Assert.Equal(5, (deadline - Now.AddSeconds(2 + step)).TotalSeconds);
        Assert.InRange((Now.AddSeconds(2 + step) - third.ProgressAt!.Value).TotalSeconds, 0, 6);
    }

    [Fact]
    public void Next_HeardLongAfterAPromiseThatLackOfProgressCut_IsNotAwaitedAnyLonger()
    {
        var last = Begin();
        for (var i = 1; i <= 10; i++)
        {
            (_, last) = ExternalBeats.Next(last, new ExternalHeartbeat(1), Policy, Now.AddSeconds(i));
        }

        var (deadline, _) = ExternalBeats.Next(last, new ExternalHeartbeat(1), Policy, Now.AddSeconds(60));

        Assert.Equal(Now.AddSeconds(60), deadline);
    }

    private static Heartbeat Begin() => ExternalBeats.Next(null, new ExternalHeartbeat(1, JsonText.Parse("1")), Policy, Now).Record;
}
