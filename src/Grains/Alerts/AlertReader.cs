using OrleansHealing.Alerts.Sinks;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Alerts;

/// <summary>Reads the outbox for people.</summary>
internal sealed class AlertReader(IIncidentStore incidents, IHeartbeatStore store, AlertChannels channels, SiloAlarms alarms, StoreClock clock)
{
    /// <summary>Whether nobody set up any other sink.</summary>
    public bool TellsTheLogAlone => channels.All.All(c => c.Sink is LogSink);

    public async Task<IReadOnlyList<AlertView>> ListAsync()
    {
        var quiet = new Quiet(await incidents.AlertSilencesAsync(), await store.MaintenanceAsync());
        var all = new List<Incident>(alarms.Holding());
        for (var partition = 0; partition < store.Partitions; partition++)
        {
            all.AddRange(await incidents.IncidentsAsync(partition));
        }

        var now = clock.Now;
        return [.. all.OrderByDescending(i => i.BeganAt).Select(i => View(i, quiet.Covering(i, now)))];
    }

    private AlertView View(Incident incident, string? silencedBy) => new()
    {
        Key = incident.Key,
        Condition = incident.Condition,
        Severity = incident.Severity,
        State = incident.EndedAt is null ? AlertState.Firing : AlertState.Resolved,
        Summary = incident.Summary,
        Details = incident.Details,
        AgentId = incident.AgentId,
        Count = incident.Count,
        BeganAt = incident.BeganAt,
        EndedAt = incident.EndedAt is null ? null : incident.OverAt,
        SilencedBy = silencedBy,
        Deliveries =
        [
            .. channels.All.Where(c => c.Route.Takes(incident)).Select(c => (c.Name, Told: incident.Told.GetValueOrDefault(c.Name)))
                .Select(d => new AlertDelivery { Sink = d.Name, Told = d.Told?.State, At = d.Told?.At, Error = d.Told?.Error }),
        ],
    };
}
