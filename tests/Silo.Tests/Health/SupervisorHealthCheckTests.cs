using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Silo.Health;

public sealed class SupervisorHealthCheckTests
{
    private static readonly HealingOptions Two = new() { Partitions = 2 };
    private static readonly SupervisorPulse First = new() { Partition = 0, Silo = "silo-1", LastRoundAgeSeconds = 0.1 };

    [Fact]
    public void Judge_EveryPartitionHasASupervisorThatLooks_IsHealthy()
    {
        var result = SupervisorHealthCheck.Judge([First, First with { Partition = 1, Silo = "silo-2" }], Two);

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal("partition 0: on silo-1, last round 0.1 s ago; partition 1: on silo-2, last round 0.1 s ago", result.Description);
    }

    [Fact]
    public void Judge_OneOfTwoPartitionsHasNoPulse_IsDegradedAndNamesIt()
    {
        var result = SupervisorHealthCheck.Judge([First], Two);

        Assert.Equal(HealthStatus.Degraded, result.Status);
        Assert.Equal("partition 1: no supervisor has answered", result.Description);
    }
}
