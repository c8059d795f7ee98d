using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>How a run tells its end.</summary>
internal sealed partial class AgentRun
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    private IncarnationReport Report(FailureReason reason, string message) =>
        IncarnationReport.Failed(Incarnation, reason, message, _host.Clock.Now) with { Host = _host.Silo.Host };

    /// <summary>
    /// Writes the report and wakes the supervisor. Tried until the store takes or refuses it: that the work is done, or that no
    /// restart can help, nobody else would ever say.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="limit">For how long to try; null for as long as it takes.</param>
    private async Task TellAsync(IncarnationReport report, TimeSpan? limit = null)
    {
        _isTelling = true;
        using var span = BeginReport(report);
        try
        {
            await TellUntilAnsweredAsync(report, limit);
        }
        finally
        {
            _isTelling = false;
        }
    }

    private async Task TellUntilAnsweredAsync(IncarnationReport report, TimeSpan? limit)
    {
        var last = _promise.Next(_host.Clock.Now, force: true).Record;
        var claim = _isClaimed ? StoreKeys.Claim(_host.Silo.Host, _runId) : null;
        var began = _host.Time.GetTimestamp();
        while (true)
        {
            try
            {
                if (await _host.Store.ReportAsync(Id, report, claim, last))
                {
                    _host.Nudge.Tell(Id);
                    return;
                }

                if (claim is null || !await IsStillItAsync().WaitAsync(limit ?? Timeout.InfiniteTimeSpan, _host.Time))
                {
                    return;
                }

                // The store had lost it, and knows it again.
            }
            catch (Exception e) when (StoreOutage.IsNobodysFault(e))
            {
                LogStoreAway(_logger, Id, Incarnation, e.Message);
                if (_host.Time.GetElapsedTime(began) > limit)
                {
                    return;
                }

                await Task.Delay(RetryDelay, _host.Time);
            }
        }
    }

    /// <summary>The stop may take its whole grace, in which nothing is heard of the body: that must not be taken for silence.</summary>
    private async Task PromiseGraceAsync()
    {
        var deadline = _host.Clock.Now + _start.Policy.StopGrace + _start.Policy.Timeout;
        _isBeating = false;
        _slot.Close();
        try
        {
            await _host.Store.BeatAsync(_slot.Partition, [new BeatEntry(Id, Incarnation, deadline.ToUnixTimeMilliseconds(), null)]);
        }
        catch (Exception e) when (StoreOutage.IsNobodysFault(e))
        {
            // Then nobody is judged by silence either.
            LogStoreAway(_logger, Id, Incarnation, e.Message);
        }
    }

    [LoggerMessage(1101, LogLevel.Warning, "Agent {AgentId} crashed in incarnation {Incarnation}")]
    private static partial void LogCrashed(ILogger logger, Exception exception, AgentId agentId, long incarnation);

    [LoggerMessage(1102, LogLevel.Warning, "The body of agent {AgentId}, incarnation {Incarnation}, ignored cancellation for {Seconds} s and is abandoned; it is fenced")]
    private static partial void LogAbandoned(ILogger logger, AgentId agentId, long incarnation, double seconds);

    [LoggerMessage(1105, LogLevel.Warning, "The body of agent {AgentId}, incarnation {Incarnation}, threw while it was cancelled")]
    private static partial void LogCancellationFailed(ILogger logger, Exception exception, AgentId agentId, long incarnation);

    [LoggerMessage(1103, LogLevel.Information, "Failure {Mode} is forced on agent {AgentId}, incarnation {Incarnation}")]
    private static partial void LogInjected(ILogger logger, CrashMode mode, AgentId agentId, long incarnation);

    [LoggerMessage(1104, LogLevel.Debug, "The store is out of reach for agent {AgentId}, incarnation {Incarnation}: {Error}")]
    private static partial void LogStoreAway(ILogger logger, AgentId agentId, long incarnation, string error);
}
