using OrleansHealing.Agents.Processes;

namespace OrleansHealing.Tests.Agents.Processes;

public sealed class StopGraceTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.8)]
    [InlineData(5, 4)]
    [InlineData(60, 59)]
    public void OfProcess_GraceOfTheBody_LeavesTimeForTheKill(double body, double process) =>
        Assert.Equal(process, StopGrace.OfProcess(TimeSpan.FromSeconds(body)).TotalSeconds, 6);
}
