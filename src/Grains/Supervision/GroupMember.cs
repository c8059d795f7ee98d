using System.Text.Json.Serialization;
using OrleansHealing.Agents;

namespace OrleansHealing.Supervision;

/// <summary>Another member of an agent's group, as far as a decision depends on it.</summary>
/// <param name="Id">Who it is.</param>
/// <param name="Order">Its place in the group's order.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Round">Which restart of the group its incarnation belongs to.</param>
/// <param name="Hold">What its restart waits for.</param>
/// <param name="NextRestartAt">When its next incarnation is due, while it is backing off.</param>
/// <param name="Failures">When it lately failed as a member.</param>
internal sealed record GroupMember(
    AgentId Id,
    int Order,
    AgentStatus Status,
    long Round,
    RestartHold Hold,
    DateTimeOffset? NextRestartAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<DateTimeOffset>? Failures = null)
{
    /// <summary>Whether it is on its way: granted and not healthy yet, or waiting to be granted.</summary>
    [JsonIgnore]
    public bool IsOnItsWay => Status is AgentStatus.Starting or AgentStatus.Restarting or AgentStatus.BackingOff;

    public static GroupMember Of(AgentGroup group, HealthState state) =>
        new(state.AgentId, group.Order, state.Status, state.GroupRound, state.Hold, state.NextRestartAt, state.GroupFailures);

    /// <summary>Whether it is started before another.</summary>
    public bool IsBefore(int order, AgentId id) => Order != order ? Order < order : string.CompareOrdinal(Id.Value, id.Value) < 0;
}
