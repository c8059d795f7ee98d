using Microsoft.Extensions.Logging;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>A run that finds itself given up on while it lives: the failure detector's mistake, which is measured.</summary>
internal sealed partial class AgentRun
{
    // Of one agent: the failure of the incarnation before the current one is among the newest few.
    private const int ActionsLookedAt = 100;

    private int _isSuspicionNoted;

    /// <summary>A later incarnation was granted and came here, where this one still beats.</summary>
    public void NoteSuccessor()
    {
        if (_isBeating)
        {
            NoteAlive();
        }
    }

    /// <summary>Whatever it was that showed it, this incarnation lived when it was superseded.</summary>
    private void NoteAlive()
    {
        // A failure that was forced on it is one, however much of the body still works.
        var isForced = _injection.IsSilent || _injection.IsTriggered;
        if (!isForced && Interlocked.Exchange(ref _isSuspicionNoted, 1) == 0)
        {
            _ = NoteAliveAsync(_promise.GotOnAt);
        }
    }

    private async Task NoteAliveAsync(DateTimeOffset? gotOnAt)
    {
        var now = _host.Clock.Now;
        try
        {
            var actions = await _host.Store.ActionsAsync(_slot.Partition, Id, ActionsLookedAt);
            if (FalseSuspicion.Of(actions, Incarnation, gotOnAt) is { } mistake)
            {
                _host.Metrics.FalselySuspected(mistake.Reason.ToWord(), mistake.Since, now);
                _host.Silences.Mistaken(Id, _start.Definition.Kind, mistake.Reason);
                LogFalselySuspected(_logger, Incarnation, Id, mistake.Reason.ToWord(), (now - mistake.Since).TotalSeconds);
            }
        }
        catch (Exception e)
        {
            // A measurement: what it would have counted is lost with the silo or the store that failed, and nothing else.
            LogSuspicionNotNoted(_logger, Incarnation, Id, e.Message);
        }
    }

    [LoggerMessage(1140, LogLevel.Warning, "Incarnation {Incarnation} of agent {AgentId} was given up on ({Reason}) and lived: taken for dead for {Seconds:0.0} s")]
    private static partial void LogFalselySuspected(ILogger logger, long incarnation, AgentId agentId, string reason, double seconds);

    [LoggerMessage(1141, LogLevel.Debug, "Why incarnation {Incarnation} of agent {AgentId} was superseded could not be asked: {Error}")]
    private static partial void LogSuspicionNotNoted(ILogger logger, long incarnation, AgentId agentId, string error);
}
