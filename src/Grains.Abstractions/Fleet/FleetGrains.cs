namespace OrleansHealing.Fleet;

/// <summary>The way to the fleet's door.</summary>
public static class FleetGrains
{
    /// <summary>The door of this process: one activation, on this silo if the caller is in one, else on any that can be reached.</summary>
    public static IFleetGrain GetFleet(this IGrainFactory grains)
    {
        ArgumentNullException.ThrowIfNull(grains);
        return grains.GetGrain<IFleetGrain>(DoorKey.Value);
    }
}
