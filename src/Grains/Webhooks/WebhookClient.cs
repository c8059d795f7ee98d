using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace OrleansHealing.Webhooks;

/// <summary>The HTTP client of whatever goes to an address that somebody set up.</summary>
internal static class WebhookClient
{
    /// <summary>Its name.</summary>
    public const string Name = "healing-webhooks";

    private const int Retries = 2;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectionAge = TimeSpan.FromMinutes(2);

    /// <summary>
    /// What passes in a moment is tried again here; what lasts, or asks for time by 429, is the caller's. Nothing is logged or traced of
    /// its requests: their addresses are secrets. Nor is a redirection followed, which would carry them elsewhere.
    /// </summary>
    public static void AddWebhookClient(this IServiceCollection services) => services
        .AddHttpClient(Name, client =>
        {
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.DefaultRequestHeaders.UserAgent.ParseAdd("OrleansHealing");
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectLimit,
            PooledConnectionLifetime = ConnectionAge,
        })
        .RemoveAllLoggers()
        .AddResilienceHandler("retry", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = Retries,
            Delay = FirstDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldRetryAfterHeader = false,
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Outcome.Exception is HttpRequestException
                    || arguments.Outcome.Result is { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout, Headers.RetryAfter: null }),
        }));
}
