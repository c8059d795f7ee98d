using OrleansHealing.Supervision;

namespace OrleansHealing.Alerts;

/// <summary>What people do not want to hear of: by a silence, or since they have paused the agents themselves.</summary>
/// <param name="Silences">The silences, also those that are over.</param>
/// <param name="Pauses">The standing pauses, also those that are over.</param>
internal sealed record Quiet(IReadOnlyList<AlertSilence> Silences, IReadOnlyList<MaintenanceOrder> Pauses)
{
    public static Quiet None { get; } = new([], []);

    /// <summary>What keeps an incident from being told, in words; null when nothing does.</summary>
    public string? Covering(Incident incident, DateTimeOffset now)
    {
        if (Silences.FirstOrDefault(s => s.Until > now && s.Covers(incident.Condition, incident.AgentId, incident.Labels)) is { } silence)
        {
            return $"silence {silence.Id} by {silence.Actor}";
        }

        return incident.AgentId is not null && MaintenanceOrder.Covering(Pauses, incident.Labels, now) is { } pause
            ? $"pause of {pause.ScopeInWords} by {pause.Actor}"
            : null;
    }
}
