using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>How a run tells its end.</summary>
internal sealed partial class AgentRun
{
    private const int MaxMessageLength = 2000;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    private static string Describe(Exception e)
    {
        var text = $"{e.GetType().Name}: {e.Message}";
        return text.Length <= MaxMessageLength ? text : text[..MaxMessageLength];
    }

    private IncarnationReport Report(ReportKind kind, FailureReason reason, string message) => new()
    {
        Incarnation = Incarnation,
        Kind = kind,
        Reason = reason,
        Message = message,
        At = _host.Clock.Now,
    };

    /// <summary>
    /// Writes the report and wakes the supervisor. Tried until the store takes or refuses it, or until the deadline would have
    /// told the same anyway.
    /// </summary>
    private async Task TellAsync(IncarnationReport report)
    {
        var last = _promise.Next(_host.Clock.Now, force: true).Record;
        var until = report.At + _start.Policy.Timeout + _start.Policy.StartupGrace;
        while (true)
        {
            try
            {
                if (await _host.Store.ReportAsync(Id, report, last))
                {
                    _host.Nudge.Tell(Id);
                }

                return;
            }
            catch (Exception e) when (StoreOutage.Is(e))
            {
                LogStoreAway(_logger, Id, Incarnation, e.Message);
                if (_host.Clock.Now > until)
                {
                    return;
                }

                await Task.Delay(RetryDelay, _host.Time);
            }
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
