using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>What was written is told: to the metrics, the log, and whoever listens on the store's channel.</summary>
internal sealed partial class Judge
{
    private void Tell(AgentSnapshot before, Decision decision)
    {
        var id = before.Id;
        foreach (var action in decision.Actions)
        {
            _metrics.ActionCommitted(action);
            if (action.Action is ActionKind.Quarantined)
            {
                LogQuarantined(_logger, id, action.Incarnation, action.Reason, action.Details);
            }
            else
            {
                LogAction(_logger, action.Action, id, action.Incarnation, action.Reason, action.Details);
            }
        }

        if (decision.RecoveredAfter is { } after)
        {
            _metrics.Recovered(after);
        }

        if (decision.Actions.Any(a => a.Action is ActionKind.Recovered) && before.State.Value is { } was)
        {
            _metrics.Began((before.CurrentHeartbeat?.At ?? _clock.Now) - was.Since, was.Status is AgentStatus.Starting);
        }

        if (decision.Actions.Count > 0)
        {
            _store.Announce(id);
        }
    }

    [LoggerMessage(1220, LogLevel.Information, "{Action} agent {AgentId}, incarnation {Incarnation} ({Reason}): {Details}")]
    private static partial void LogAction(ILogger logger, ActionKind action, AgentId agentId, long incarnation, string reason, string details);

    [LoggerMessage(1225, LogLevel.Warning, "Quarantined agent {AgentId}, incarnation {Incarnation} ({Reason}): {Details}")]
    private static partial void LogQuarantined(ILogger logger, AgentId agentId, long incarnation, string reason, string details);
}
