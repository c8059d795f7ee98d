using System.Globalization;
using System.Text.Json.Nodes;
using OrleansHealing.Serialization;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Alerts.Sinks;

/// <summary>Any HTTP server. The POST is signed; the header <c>webhook-id</c> is the same in each attempt, so that a receiver can leave doubles out.</summary>
internal sealed class WebhookSink(Uri url, byte[] secret, IHttpClientFactory clients, TimeProvider time) : HttpAlertSink(clients, time)
{
    private readonly TimeProvider _time = time;

    public override Task SendAsync(AlertNotice notice, CancellationToken cancellationToken) => PostAsync(
        url, Body(notice), cancellationToken, (request, bytes) => WebhookSignature.Put(request.Headers, secret, notice.MessageId, _time.GetUtcNow(), bytes));

    private static JsonObject Body(AlertNotice notice)
    {
        var data = new JsonObject
        {
            ["key"] = notice.Key,
            ["state"] = notice.State.ToWord(),
            ["condition"] = notice.Condition.ToWord(),
            ["severity"] = notice.Severity.ToWord(),
            ["summary"] = notice.Summary,
            ["fleet"] = notice.Fleet,
            ["labels"] = new JsonObject(notice.Labels.Select(l => KeyValuePair.Create<string, JsonNode?>(l.Key, l.Value))),
            ["beganAt"] = Time(notice.BeganAt),
        };
        Add("details", notice.Details);
        Add("agentId", notice.AgentId?.Value);
        Add("count", notice.Count);
        Add("endedAt", notice.EndedAt is { } ended ? Time(ended) : null);
        Add("link", notice.Link?.AbsoluteUri);
        return new JsonObject
        {
            ["type"] = notice.State is AlertState.Resolved ? "alert.resolved" : "alert.firing",
            ["timestamp"] = Time(notice.EndedAt ?? notice.BeganAt),
            ["data"] = data,
        };

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                data[name] = value;
            }
        }
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
