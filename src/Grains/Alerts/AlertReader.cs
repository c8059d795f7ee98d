using System.Globalization;
using OrleansHealing.Alerts.Sinks;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Alerts;

/// <summary>Reads the outbox for people.</summary>
internal sealed class AlertReader(IIncidentStore incidents, IHeartbeatStore store, AlertChannels channels, AlertPost post, SiloAlarms alarms, StoreClock clock)
{
    /// <summary>Whether nobody set up any other sink.</summary>
    public bool TellsTheLogAlone => channels.All.All(c => c.Sink is LogSink);

    public async Task<IReadOnlyList<AlertView>> ListAsync()
    {
        var quiet = new Quiet(await incidents.AlertSilencesAsync(), await store.MaintenanceAsync());
        var now = clock.Now;
        var all = alarms.Holding().Select(i => View(i, post.Letter(SiloAlarms.Sender))).ToList();
        for (var partition = 0; partition < store.Partitions; partition++)
        {
            var letter = post.Letter(partition.ToString(CultureInfo.InvariantCulture));
            all.AddRange((await incidents.IncidentsAsync(partition)).Select(i => View(i, letter)));
        }

        return [.. all.OrderByDescending(a => a.BeganAt)];

        AlertView View(Incident incident, AlertLetter letter) => Of(incident, letter.KeyOf(incident), quiet.Covering(incident, now));
    }

    private AlertView Of(Incident incident, string key, string? silencedBy) => new()
    {
        Key = key,
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
