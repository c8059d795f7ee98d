using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>No fault: a body as many are, that calls somebody by HTTP again and again.</summary>
internal sealed partial class CallsOverHttp : IWorkerAgent
{
    public const string Url = "url";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        while (true)
        {
            using var answer = await http.GetAsync(new Uri(context.Settings.GetString(Url)!), cancellationToken);
            LogCalled(context.Logger, (int)answer.StatusCode);
            context.Beat();
            await Task.Delay(Pause, context.TimeProvider, cancellationToken);
        }
    }

    [LoggerMessage(2001, LogLevel.Information, "The body called and was answered {Status}")]
    private static partial void LogCalled(ILogger logger, int status);
}
