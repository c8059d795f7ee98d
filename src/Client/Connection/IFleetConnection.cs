using OrleansHealing.Alerts;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Connection;

/// <summary>A way to the fleet that is open. It finds other silos by itself when the one it speaks to dies.</summary>
internal interface IFleetConnection : IAsyncDisposable
{
    IFleetGrain Fleet { get; }

    IAlertGrain Alerts { get; }

    /// <summary>Where it leads, for a person; without secrets.</summary>
    string Description { get; }

    /// <summary>How far the store's clock is ahead of this machine's.</summary>
    TimeSpan ClockOffset { get; }
}
