using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>
/// What a run does when the store refuses what it writes: a newer incarnation was granted, or the store has lost this one. A body
/// that is still the incarnation goes on meanwhile.
/// </summary>
internal sealed partial class AgentRun
{
    private static readonly TimeSpan VerifyDelay = TimeSpan.FromSeconds(2);

    private readonly Lock _asking = new();
    private Task<bool>? _answer;
    private volatile bool _isTelling;
    private bool _hasSaidWhy;

    /// <summary>
    /// The order to start this very incarnation came again: its answer was lost, or the store has lost that it was claimed, and it would be
    /// ordered for ever.
    /// </summary>
    public void Reaffirm()
    {
        if (_isClaimed && IsActive)
        {
            _ = IsStillItAsync();
        }
    }

    /// <summary>Finds out whether this run still is the incarnation. If the store has lost it, it is registered and claimed anew; if it is fenced, it is stopped.</summary>
    private Task<bool> IsStillItAsync()
    {
        lock (_asking)
        {
            if (_answer is not { IsCompleted: false })
            {
                using (ExecutionContext.SuppressFlow())
                {
                    _answer = Task.Run(AskAsync);
                }
            }

            return _answer;
        }
    }

    /// <summary>
    /// Looks once more a little later: not every store is emptied at one moment, and what was put back may have been swept away with
    /// the rest.
    /// </summary>
    private async Task VerifyAsync(RunningBody body)
    {
        await Task.Delay(VerifyDelay, _host.Time);
        try
        {
            var snapshot = (await _host.Store.LoadAsync(_slot.Partition, [Id]))[0];
            if (IsActive && (snapshot.Definition.Text is null || snapshot.State.Text is null || snapshot.Claim != body.Claim))
            {
                await IsStillItAsync();
            }
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            // What is missing shows at its next restart, or never.
            LogStoreAway(_logger, Id, Incarnation, e.Message);
        }
    }

    private async Task<bool> AskAsync()
    {
        var body = new RunningBody(_start.Definition, Incarnation, StoreKeys.Claim(_host.Silo.Host, _runId), _start.FirstIncarnation);
        while (!_isStopped || _isTelling)
        {
            try
            {
                switch (await VerdictAsync(body))
                {
                    case null:
                        return true;
                    case BodyVerdict.GoesOn:
                        if (await ReclaimAsync())
                        {
                            _ = VerifyAsync(body);
                            return true;
                        }

                        break;
                    case BodyVerdict.Fenced:
                        Fence();
                        return false;
                }
            }
            catch (Exception e) when (StoreOutage.Is(e) || e is OrleansException or TimeoutException or Fleet.StoreUnavailableException)
            {
                LogNotAsked(_logger, Id, Incarnation, e.Message);
            }
            catch (Exception e)
            {
                // Whatever it was, nobody else would ask again; four times a second, so it is said once.
                if (!_hasSaidWhy)
                {
                    _hasSaidWhy = true;
                    LogAskingFailed(_logger, e, Id, Incarnation);
                }
            }

            await Task.Delay(RetryDelay, _host.Time);
        }

        return false;
    }

    /// <returns>Null when the store knows this run after all.</returns>
    private async Task<BodyVerdict?> VerdictAsync(RunningBody body)
    {
        // Nearly always it is fenced, which the store says; the supervisor need not be asked.
        var snapshot = (await _host.Store.LoadAsync(_slot.Partition, [Id]))[0];
        if (snapshot is { Claim: { } claim, Deadline: not null, Definition.Text: not null } && claim == body.Claim
            && snapshot.State.Value?.Incarnation == Incarnation)
        {
            return null;
        }

        return SupervisorDecision.IsFenced(snapshot, body) ? BodyVerdict.Fenced : await _host.Reinstatements.AskAsync(body);
    }

    private async Task<bool> ReclaimAsync()
    {
        var (deadline, record) = _promise.Next(_host.Clock.Now, force: true);
        if (!await _host.Store.ClaimAsync(Id, record!, _runId, deadline))
        {
            return false;
        }

        if (_checkpoints is { } checkpoints)
        {
            await checkpoints.RestoreAsync();
        }

        LogReinstated(_logger, Id, Incarnation);
        _host.Nudge.Tell(Id);
        return true;
    }

    private void Fence()
    {
        if (_isTelling)
        {
            return;
        }

        NoteAlive();
        LogFenced(_logger, Incarnation, Id);
        _isStopped = true;
        _isBeating = false;
        _slot.Close();
        _ = _cancelled.Value;

        // As a rule the supervisor knows why. If the deadline was lost with the store's data, nobody else would ever notice.
        _host.Nudge.Tell(Id);
    }

    [LoggerMessage(1145, LogLevel.Debug, "The store or the supervisor is out of reach to be asked whether agent {AgentId} still is incarnation {Incarnation}: {Error}")]
    private static partial void LogNotAsked(ILogger logger, AgentId agentId, long incarnation, string error);

    [LoggerMessage(1146, LogLevel.Error, "It could not be asked whether agent {AgentId} still is incarnation {Incarnation}; it is asked again")]
    private static partial void LogAskingFailed(ILogger logger, Exception exception, AgentId agentId, long incarnation);

    [LoggerMessage(1106, LogLevel.Warning, "Incarnation {Incarnation} of agent {AgentId} is fenced: a newer one was granted; it is cancelled")]
    private static partial void LogFenced(ILogger logger, long incarnation, AgentId agentId);

    [LoggerMessage(1107, LogLevel.Warning, "The store had lost agent {AgentId}; its running incarnation {Incarnation} is registered again")]
    private static partial void LogReinstated(ILogger logger, AgentId agentId, long incarnation);
}
