using Microsoft.Extensions.Logging;

namespace OrleansHealing.Agents.BuiltIn;

public sealed partial class DataProcessingAgent
{
    [LoggerMessage(
        EventId = 7100,
        Level = LogLevel.Debug,
        Message = "The checkpoint at cancellation was not saved: {Reason}")]
    private static partial void LogLastCheckpointNotSaved(ILogger logger, string reason);
}
