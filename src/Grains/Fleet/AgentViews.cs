using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>Records to what people see.</summary>
internal static class AgentViews
{
    public static AgentView ToView(AgentSnapshot snapshot, DateTimeOffset now, IReadOnlyDictionary<string, string> siloNames)
    {
        var state = snapshot.State.Value;
        var heartbeat = snapshot.Heartbeat.Value;
        var isLate = state is { IsPromised: true } && snapshot.Deadline < now && snapshot.CurrentReport is null;
        var host = snapshot.ClaimedBy ?? heartbeat?.Host;
        return new AgentView
        {
            Id = snapshot.Id,
            Kind = snapshot.Definition.Value?.Kind ?? "?",
            Status = isLate ? AgentStatus.Stale : state?.Status ?? AgentStatus.Stale,
            Incarnation = state?.Incarnation ?? heartbeat?.Incarnation ?? 0,
            ConsecutiveFailures = state?.ConsecutiveFailures ?? 0,
            TotalRestarts = state?.TotalRestarts ?? 0,
            LastHeartbeatAt = LastHeard(snapshot, heartbeat),
            Deadline = state is { IsPromised: true } ? snapshot.Deadline : null,
            NextRestartAt = state?.NextRestartAt,
            Silo = host is null ? null : siloNames.GetValueOrDefault(host, host),
            Progress = heartbeat?.Progress,
            LastFailure = state?.LastFailure,
            Labels = snapshot.Definition.Value?.Labels ?? new Dictionary<string, string>(),
            PausedUntil = state is { Status: AgentStatus.Paused } ? PausedUntil(state) : null,
            Maintenance = state is { Status: AgentStatus.Paused } ? state.Maintenance : null,
            RecordFault = Fault("definition", snapshot.Definition.Fault) ?? Fault("state", snapshot.State.Fault)
                ?? Fault("heartbeat", snapshot.Heartbeat.Fault) ?? Fault("report", snapshot.Report.Fault),
        };
    }

    /// <summary>When all that holds it is over; null when that is not known.</summary>
    private static DateTimeOffset? PausedUntil(HealthState state) => (state.Desired.Mode, state.Maintenance) switch
    {
        (DesiredMode.Pause, { } order) => order.Until > state.Desired.Until ? order.Until : order.Until is null ? null : state.Desired.Until,
        (_, { } order) => order.Until,
        _ => state.Desired.Until,
    };

    /// <summary>A beat that only moved the deadline is known by it: it came one promise earlier.</summary>
    private static DateTimeOffset? LastHeard(AgentSnapshot snapshot, Heartbeat? heartbeat)
    {
        if (heartbeat is null)
        {
            return null;
        }

        if (snapshot.CurrentHeartbeat is null || snapshot.CurrentReport is not null || snapshot.Deadline is not { } deadline)
        {
            return heartbeat.At;
        }

        var moved = deadline - TimeSpan.FromSeconds(heartbeat.PromiseSeconds);
        return moved > heartbeat.At ? moved : heartbeat.At;
    }

    private static string? Fault(string record, string? fault) => fault is null ? null : $"its {record} cannot be read: {fault}";
}
