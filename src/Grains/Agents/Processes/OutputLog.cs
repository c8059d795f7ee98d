using Microsoft.Extensions.Logging;

namespace OrleansHealing.Agents.Processes;

/// <summary>Logs what a process prints, no faster than is set; what is left out is counted and said. Safe to use from any thread.</summary>
internal sealed partial class OutputLog(ILogger logger, AgentId id, OutputLimit limit)
{
    /// <summary>Characters of a line that are logged.</summary>
    public const int MaxLineLength = 2000;

    /// <summary>Takes a line of stdout.</summary>
    public void Out(string line)
    {
        if (limit.Takes())
        {
            SayOmitted();
            LogOut(logger, id, line);
        }
    }

    /// <summary>Takes a line of stderr.</summary>
    public void Error(string line)
    {
        if (limit.Takes())
        {
            SayOmitted();
            LogError(logger, id, line);
        }
    }

    /// <summary>Says what was left out since the last line that was logged.</summary>
    public void SayOmitted()
    {
        if (limit.TakeOmitted() is > 0 and var count)
        {
            LogOmitted(logger, count, id, limit.PerSecond);
        }
    }

    [LoggerMessage(7200, LogLevel.Information, "{AgentId} says: {Line}")]
    private static partial void LogOut(ILogger logger, AgentId agentId, string line);

    [LoggerMessage(7201, LogLevel.Warning, "{AgentId} says on stderr: {Line}")]
    private static partial void LogError(ILogger logger, AgentId agentId, string line);

    [LoggerMessage(7202, LogLevel.Warning, "{Count} lines of {AgentId} were not logged: they were more than {Limit} a second")]
    private static partial void LogOmitted(ILogger logger, long count, AgentId agentId, int limit);
}
