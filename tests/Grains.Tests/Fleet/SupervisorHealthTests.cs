using OrleansHealing.Fleet;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Fleet;

public sealed class SupervisorHealthTests
{
    [Theory]
    [InlineData(1, 6.0, null, DoctorLevel.Ok, "on silo-1, last round 6.0 s ago")]
    [InlineData(1, 6.1, null, DoctorLevel.Error, "on silo-1, no round for 6 s; late after 6 s")]
    [InlineData(60, 61.0, null, DoctorLevel.Ok, "on silo-1, last round 61.0 s ago")]
    [InlineData(60, 65.1, null, DoctorLevel.Error, "on silo-1, no round for 65 s; late after 65 s")]
    [InlineData(1, 0.2, "the supervisor is new", DoctorLevel.Warning, "on silo-1, holds back judging silence: the supervisor is new")]
    [InlineData(1, 9.0, "the store is out of reach", DoctorLevel.Error, "on silo-1, no round for 9 s; late after 6 s (the store is out of reach)")]
    [InlineData(1, null, null, DoctorLevel.Error, "on silo-1, no round yet")]
    public void Of_APulse_JudgesItByTheLongestSleep(double maxSleepSeconds, double? age, string? hold, DoctorLevel level, string message)
    {
        var options = new HealingOptions { MaxSleep = TimeSpan.FromSeconds(maxSleepSeconds) };

        var health = SupervisorHealth.Of([new SupervisorPulse { Partition = 0, Silo = "silo-1", LastRoundAgeSeconds = age, Hold = hold }], options);

        Assert.Equal([new SupervisorHealth(0, level, message)], health);
    }

    [Theory]
    [InlineData(null, "on silo-1, restarts slowly: 20 of 20 agents fell silent at once")]
    [InlineData("panic guard", "on silo-1, holds back judging silence: panic guard")]
    public void Of_APulseInAPanic_IsAWarning(string? hold, string message) => Assert.Equal(
        [new SupervisorHealth(0, DoctorLevel.Warning, message)],
        SupervisorHealth.Of(
            [new SupervisorPulse { Partition = 0, Silo = "silo-1", LastRoundAgeSeconds = 0.1, Hold = hold, Panic = "20 of 20 agents fell silent at once" }],
            new HealingOptions()));

    [Fact]
    public void Of_SeveralPartitions_MissesThoseWithoutAPulse() => Assert.Equal(
        [(0, DoctorLevel.Error), (1, DoctorLevel.Ok), (2, DoctorLevel.Error)],
        SupervisorHealth.Of([new SupervisorPulse { Partition = 1, Silo = "silo-1", LastRoundAgeSeconds = 0.1 }], new HealingOptions { Partitions = 3 })
            .Select(h => (h.Partition, h.Level)));
}
