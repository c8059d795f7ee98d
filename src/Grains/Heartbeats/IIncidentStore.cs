using OrleansHealing.Alerts;

namespace OrleansHealing.Heartbeats;

/// <summary>What is kept of alerts: the outbox. An incident is in it until every sink knows of its end.</summary>
internal interface IIncidentStore
{
    /// <summary>All of a partition. One round trip.</summary>
    Task<IReadOnlyList<Incident>> IncidentsAsync(int partition);

    /// <summary>Writes what changed and forgets what is done, all or nothing; with neither, only looks whether the term goes on. One round trip.</summary>
    /// <exception cref="SupersededException">A later supervisor has the partition.</exception>
    Task SaveIncidentsAsync(int partition, long term, IReadOnlyCollection<Incident> changed, IReadOnlyCollection<string> forgotten);

    /// <summary>The silences, also those that are over. One round trip.</summary>
    Task<IReadOnlyList<AlertSilence>> AlertSilencesAsync();

    /// <summary>Writes a silence.</summary>
    Task SetAlertSilenceAsync(AlertSilence silence);

    /// <summary>Forgets a silence.</summary>
    /// <returns>Whether it was there.</returns>
    Task<bool> EndAlertSilenceAsync(string id);
}
