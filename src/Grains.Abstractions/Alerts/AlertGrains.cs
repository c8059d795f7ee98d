using OrleansHealing.Fleet;

namespace OrleansHealing.Alerts;

/// <summary>The way to the alerts' door.</summary>
public static class AlertGrains
{
    /// <summary>The door of this process: one activation, on this silo if the caller is in one, else on any that can be reached.</summary>
    public static IAlertGrain GetAlerts(this IGrainFactory grains)
    {
        ArgumentNullException.ThrowIfNull(grains);
        return grains.GetGrain<IAlertGrain>(DoorKey.Value);
    }
}
