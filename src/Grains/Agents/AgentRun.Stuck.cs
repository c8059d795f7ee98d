using Microsoft.Extensions.Logging;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>
/// The ladder for a body that lives and does not get on: its step is cancelled, then itself, while it still is the incarnation and
/// may save; then the supervisor is told. That its deadline passes, for whoever is in no state to climb, comes after all of it.
/// </summary>
internal sealed partial class AgentRun
{
    private int _isClimbing;
    private volatile Steps? _steps;

    private void LookIfStuck(DateTimeOffset now)
    {
        if (_promise.IsStuck(now) && Interlocked.CompareExchange(ref _isClimbing, 1, 0) == 0)
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(ClimbAsync);
            }
        }
    }

    private async Task ClimbAsync()
    {
        try
        {
            var why = $"alive, but no progress for {ActionLog.Say(_start.Policy.ProgressTimeout!.Value)}";

            // Once: a step that gives way only to be begun again is no progress.
            if (!_promise.HasGivenWay && _steps is { HasOpen: true } steps)
            {
                LogStepCancelled(_logger, Id, Incarnation, why);
                _host.Metrics.StepCancelled();
                if (await steps.CancelAsync(why))
                {
                    return;
                }
            }

            await GiveUpAsync(why);
        }
        finally
        {
            Volatile.Write(ref _isClimbing, 0);
        }
    }

    private Task GiveUpAsync(string why)
    {
        LogGivenUp(_logger, Id, Incarnation, why);
        var since = _promise.StuckSince;
        var now = _host.Clock.Now;
        return EndAsync(
            FailureReason.Stuck,
            () => _bodyEnded.Task.IsCompleted ? why : $"{why}, and ignored its cancellation for {ActionLog.Say(_start.Policy.StopGrace)}",
            limit: null,
            since < now ? since : now);
    }

    /// <summary>Stops the body, which may save meanwhile, and tells the supervisor.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="why">For the action log; asked when the body has ended or was abandoned.</param>
    /// <param name="limit">For how long to try to tell it; null: as long as it takes.</param>
    /// <param name="at">When it failed; null: when it ended.</param>
    private async Task EndAsync(FailureReason reason, Func<string> why, TimeSpan? limit, DateTimeOffset? at = null)
    {
        var wasActive = IsActive;
        if (wasActive && _isBeating && _ownEnd is null)
        {
            await PromiseGraceAsync();
        }

        if (_ownEnd is not null)
        {
            // By itself, meanwhile: that is told, once what it held is disposed of, and it is what happened.
            await ToldAsync(limit);
            _isStopped = true;
            return;
        }

        await StopAsync();
        if (wasActive)
        {
            var report = Report(reason, why());
            await TellAsync(_ownEnd ?? (at is { } failedAt ? report with { At = failedAt } : report), limit);
        }
    }

    private async Task ToldAsync(TimeSpan? limit)
    {
        try
        {
            await _running.WaitAsync(limit + _start.Policy.StopGrace ?? Timeout.InfiniteTimeSpan, _host.Time);
        }
        catch (TimeoutException)
        {
            LogNotTold(_logger, Id, Incarnation);
        }
    }

    [LoggerMessage(1143, LogLevel.Warning, "Agent {AgentId}, incarnation {Incarnation}, is {Why}: its step is cancelled")]
    private static partial void LogStepCancelled(ILogger logger, AgentId agentId, long incarnation, string why);

    [LoggerMessage(1148, LogLevel.Warning, "How agent {AgentId}, incarnation {Incarnation}, ended could not be told in time; its silence tells it")]
    private static partial void LogNotTold(ILogger logger, AgentId agentId, long incarnation);

    [LoggerMessage(1144, LogLevel.Warning, "Agent {AgentId}, incarnation {Incarnation}, is given up: {Why}. It is cancelled, and may save until its grace is over")]
    private static partial void LogGivenUp(ILogger logger, AgentId agentId, long incarnation, string why);
}
