using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Heartbeats;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Alerts;

/// <summary>Gives a sign of life to a service that alerts when none comes: the one thing that nobody here could tell.</summary>
internal sealed partial class DeadManSwitch(IOptions<AlertOptions> options, IHttpClientFactory clients, StoreClock clock, TimeProvider time, ILogger<DeadManSwitch> logger)
{
    private const int MissedInARow = 3;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private TimeSpan? _triedAt;
    private int _missed;

    /// <summary>Whether there is one.</summary>
    public bool IsSetUp => options.Value.DeadManUrl is not null;

    /// <summary>Gives a sign of life, if it is time for one.</summary>
    public async Task<DeadManOutcome> TouchAsync(CancellationToken cancellationToken)
    {
        if (options.Value.DeadManUrl is not { } url || (_triedAt is { } at && clock.Monotonic - at < options.Value.DeadManEvery))
        {
            return DeadManOutcome.NotDue;
        }

        _triedAt = clock.Monotonic;
        if (await TryAsync(url, cancellationToken) is not { } error)
        {
            _missed = 0;
            return DeadManOutcome.Reached;
        }

        if (++_missed == 1)
        {
            LogMissed(logger, error);
        }

        return _missed >= MissedInARow ? DeadManOutcome.Missed : DeadManOutcome.NotDue;
    }

    /// <returns>Why it was not taken; null when it was. Never the address, which is a secret.</returns>
    private async Task<string?> TryAsync(Uri url, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = clients.CreateClient(WebhookClient.Name);
        try
        {
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? null : $"answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"could not be reached: {e.HttpRequestError}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "did not answer";
        }
    }

    [LoggerMessage(1440, LogLevel.Warning, "The dead man's switch {Error}")]
    private static partial void LogMissed(ILogger logger, string error);
}
