using OrleansHealing.Heartbeats;

namespace OrleansHealing.Alerts;

/// <summary>In the store, for the supervisor whose term it is.</summary>
internal sealed class PartitionIncidents(IIncidentStore incidents, IHeartbeatStore store, int partition, long term) : IIncidentKeeper
{
    public Task<IReadOnlyList<Incident>> LoadAsync() => incidents.IncidentsAsync(partition);

    public Task SaveAsync(IReadOnlyCollection<Incident> changed, IReadOnlyCollection<string> forgotten) =>
        incidents.SaveIncidentsAsync(partition, term, changed, forgotten);

    public async Task<Quiet> QuietAsync()
    {
        var silences = incidents.AlertSilencesAsync();
        return new(await silences, await store.MaintenanceAsync());
    }
}
