using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Serialization;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Backends.External;

/// <summary>
/// Orders starts and stops of agents that something else runs, by a signed POST. Taken (2xx) is no recovery: only the first beat of the
/// incarnation is. An order comes again under the same <c>webhook-id</c> when nobody has beaten.
/// </summary>
internal sealed class WebhookRestartBackend(
    IOptions<ExternalAgentOptions> options, IOptions<HealingOptions> healing, IHttpClientFactory clients, TimeProvider time) : IRestartBackend
{
    public Task StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        var definition = start.Definition;
        var data = About(definition.Id, definition.Kind, start.Incarnation);
        data["settings"] = JsonNode.Parse(definition.Settings?.Json ?? "{}");
        data["labels"] = new JsonObject((definition.Labels ?? new Dictionary<string, string>()).Select(l => KeyValuePair.Create<string, JsonNode?>(l.Key, l.Value)));
        data["firstIncarnation"] = start.FirstIncarnation;
        data["heartbeatSeconds"] = start.Policy.Heartbeat.TotalSeconds;
        data["timeoutSeconds"] = start.Policy.Timeout.TotalSeconds;
        data["startupSeconds"] = start.Policy.StartupGrace.TotalSeconds;
        if (start.PreviousFailure is { } failure)
        {
            data["previousFailure"] = new JsonObject { ["reason"] = failure.Reason.ToWord(), ["message"] = failure.Message, ["at"] = Time(failure.At) };
        }

        return PostAsync("agent.start", IdOf(definition.Id, start.Incarnation, "start"), data, start.TraceParent, cancellationToken);
    }

    public Task StopAsync(AgentStop stop, CancellationToken cancellationToken) => PostAsync(
        "agent.stop", IdOf(stop.AgentId, stop.Incarnation, "stop"), About(stop.AgentId, stop.Kind, stop.Incarnation), null, cancellationToken);

    private static JsonObject About(AgentId id, string kind, long incarnation) =>
        new() { ["agentId"] = id.Value, ["kind"] = kind, ["incarnation"] = incarnation };

    private string IdOf(AgentId id, long incarnation, string order) => FormattableString.Invariant($"{healing.Value.KeyPrefix}/{id}/{incarnation}/{order}");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <exception cref="InvalidOperationException">The order was not taken. Its address is left out of what it says: it is a secret.</exception>
    private async Task PostAsync(string type, string id, JsonObject data, string? traceParent, CancellationToken cancellationToken)
    {
        if (options.Value.Url is not { } url)
        {
            return;
        }

        var now = time.GetUtcNow();
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["type"] = type, ["timestamp"] = Time(now), ["data"] = data }.ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        WebhookSignature.Put(request.Headers, WebhookSignature.Read(options.Value.Key), id, now, body);
        if (traceParent is not null)
        {
            request.Headers.Add("traceparent", traceParent);
        }

        using var limit = new CancellationTokenSource(options.Value.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = clients.CreateClient(WebhookClient.Name);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"The order to {type[6..]} it was answered with {(int)response.StatusCode}.");
            }
        }
        catch (HttpRequestException e)
        {
            throw new InvalidOperationException($"Whoever runs it could not be reached: {e.HttpRequestError}.", e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"Whoever runs it did not answer within {options.Value.Timeout.TotalSeconds:0.#} s.");
        }
    }
}
