using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Heartbeats;

/// <summary>All that the store holds about one agent, for one decision.</summary>
internal sealed record AgentSnapshot
{
    public required AgentId Id { get; init; }

    public required StoredRecord<AgentDefinition> Definition { get; init; }

    public required StoredRecord<HealthState> State { get; init; }

    public required StoredRecord<Heartbeat> Heartbeat { get; init; }

    public required StoredRecord<IncarnationReport> Report { get; init; }

    /// <summary>The deadline of the state's incarnation; null when it has none.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The other members of its group; empty when it has none.</summary>
    public IReadOnlyList<GroupMember> Siblings { get; init; } = [];

    /// <summary>Which body claimed the state's incarnation, <c>host|run</c>; null when none did.</summary>
    public string? Claim { get; init; }

    /// <summary>The host whose body claimed the state's incarnation; null when none did.</summary>
    public string? ClaimedBy => Claim is null ? null : StoreKeys.HostOf(Claim);

    /// <summary>The report, if it is about the state's incarnation.</summary>
    public IncarnationReport? CurrentReport => Report.Value is { } r && r.Incarnation == State.Value?.Incarnation ? r : null;

    /// <summary>The heartbeat, if it is of the state's incarnation.</summary>
    public Heartbeat? CurrentHeartbeat => Heartbeat.Value is { } h && h.Incarnation == State.Value?.Incarnation ? h : null;
}
