using OrleansHealing.Alerts;
using OrleansHealing.Fleet;

namespace OrleansHealing.Tests.Fleet;

public sealed class FleetGrainsTests
{
    /// <summary>In containers every process has the same pid: doors that were called by it would be one for all silos.</summary>
    [Fact]
    public void Doors_OfAProcess_AreNotCalledByItsPid()
    {
        var keys = new List<long>();
        var grains = Stub.Of<IGrainFactory>(("GetGrain", Note));

        grains.GetFleet();
        grains.GetFleet();
        grains.GetAlerts();

        Assert.Single(keys.Distinct());
        Assert.NotEqual(Environment.ProcessId, keys[0]);
        Assert.True(keys[0] > int.MaxValue, "a random number of 63 bits is this small once in four billion processes");

        object? Note(object?[] arguments)
        {
            keys.Add((long)arguments[0]!);
            return null;
        }
    }
}
