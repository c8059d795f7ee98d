using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansHealing.Silo.Health;

/// <summary>What a silo says of its thread pool.</summary>
public sealed class PoolHealthCheckTests
{
    [Theory]
    [InlineData(false, 32, HealthStatus.Healthy)]
    [InlineData(false, 64, HealthStatus.Degraded)]
    [InlineData(true, 32, HealthStatus.Unhealthy)]
    [InlineData(true, 1024, HealthStatus.Unhealthy)]
    public void Judge_ByThreads_SaysHowItIs(bool isStarved, int threads, HealthStatus expected) =>
        Assert.Equal(expected, PoolHealthCheck.Judge(isStarved, threads, normal: 32).Status);
}
