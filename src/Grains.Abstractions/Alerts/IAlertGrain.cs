using OrleansHealing.Supervision;

namespace OrleansHealing.Alerts;

/// <summary>What people ask and order about alerts. Key: any number; the work is done where it comes up.</summary>
[Alias("healing.IAlertGrain")]
public interface IAlertGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Every alert that is open, or that some sink has not been told the end of, and for a while those that are over; newest first. Of what
    /// silos tell for themselves that of the silo that is asked.
    /// </summary>
    /// <exception cref="Fleet.StoreUnavailableException">The store is out of reach.</exception>
    [Alias("list")]
    Task<IReadOnlyList<AlertView>> ListAsync();

    /// <summary>Sends a test alert and its end, from the silo that is asked.</summary>
    /// <param name="sink">The sink to try; null for all.</param>
    /// <returns>How each took it; none when there is no such sink.</returns>
    [Alias("test")]
    Task<IReadOnlyList<AlertTestResult>> TestAsync(string? sink);

    /// <summary>The silences that are not over.</summary>
    /// <exception cref="Fleet.StoreUnavailableException">The store is out of reach.</exception>
    [Alias("silences")]
    Task<IReadOnlyList<AlertSilence>> SilencesAsync();

    /// <summary>Begins a silence.</summary>
    /// <exception cref="Fleet.StoreUnavailableException">The store is out of reach.</exception>
    [Alias("silence")]
    Task<CommandResult> SilenceAsync(AlertSilenceCommand command);

    /// <summary>Ends a silence before its time.</summary>
    /// <exception cref="Fleet.StoreUnavailableException">The store is out of reach.</exception>
    [Alias("unsilence")]
    Task<CommandResult> UnsilenceAsync(string id);
}
