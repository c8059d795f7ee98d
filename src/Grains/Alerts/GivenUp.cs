using OrleansHealing.Agents;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Alerts;

/// <summary>An agent that was given up on, and why.</summary>
internal sealed record GivenUp(AgentId Id, string Reason, string? Group, bool IsHeld, Signal Signal)
{
    /// <summary>From the agent's own state, so that it is the same whoever comes to it, when.</summary>
    public static GivenUp Of(HealthState state, AgentDefinition? definition)
    {
        var isPoison = state.LastFailure?.Reason is FailureReason.SiloLost;
        var reason = isPoison ? "poison" : state.LastFailure?.Reason.ToWord() ?? "unknown";
        var group = definition?.Group?.Name;
        var signal = group is not null && !isPoison
            ? new Signal(AlertCondition.GroupQuarantined, group, $"Group '{group}' was given up on with agent '{state.AgentId}' ({reason})")
            : new Signal(
                isPoison ? AlertCondition.PoisonAgent : AlertCondition.AgentQuarantined, state.AgentId.Value,
                isPoison ? $"Agent '{state.AgentId}' took silos down with it and was given up on" : $"Agent '{state.AgentId}' was given up on ({reason})");
        return new GivenUp(state.AgentId, reason, group, state.Hold is RestartHold.Group, signal with
        {
            AgentId = state.AgentId,
            Labels = definition?.Labels ?? new Dictionary<string, string>(),
            Details = $"{state.LastFailure?.Message ?? "no failure is on record"}; incarnation {state.Incarnation}, failures in a row {state.ConsecutiveFailures}. It waits for a person: healing release {state.AgentId}",
        });
    }
}
