using Microsoft.Extensions.Logging;

namespace OrleansHealing.Alerts.Sinks;

/// <summary>The silo's log.</summary>
internal sealed partial class LogSink(ILogger<LogSink> logger) : IAlertSink
{
    public Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        if (notice.State is AlertState.Resolved)
        {
            LogResolved(logger, notice.Key, notice.Summary);
        }
        else
        {
            LogFiring(logger, notice.Severity is AlertSeverity.Warning ? LogLevel.Warning : LogLevel.Error, notice.Severity, notice.Key, notice.Summary, notice.Details);
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 1410, Message = "Alert ({Severity}) {Key}: {Summary} {Details}")]
    private static partial void LogFiring(ILogger logger, LogLevel level, AlertSeverity severity, string key, string summary, string? details);

    [LoggerMessage(1411, LogLevel.Information, "Alert {Key} is over: {Summary}")]
    private static partial void LogResolved(ILogger logger, string key, string summary);
}
