using System.Text.Json.Nodes;
using OrleansHealing.Serialization;

namespace OrleansHealing.Alerts.Sinks;

/// <summary>PagerDuty, by its Events API v2. It knows doubles by the notice's key.</summary>
internal sealed class PagerDutySink(Uri? url, string routingKey, IHttpClientFactory clients, TimeProvider time) : HttpAlertSink(clients, time)
{
    private static readonly Uri Events = new("https://events.pagerduty.com/v2/enqueue");

    public override Task SendAsync(AlertNotice notice, CancellationToken cancellationToken) =>
        PostAsync(url ?? Events, Body(notice), cancellationToken, secret: routingKey);

    private JsonObject Body(AlertNotice notice)
    {
        var body = new JsonObject { ["routing_key"] = routingKey, ["dedup_key"] = notice.Key };
        if (notice.State is AlertState.Resolved)
        {
            body["event_action"] = "resolve";
            return body;
        }

        body["event_action"] = "trigger";
        body["client"] = "OrleansHealing";
        body["payload"] = new JsonObject
        {
            ["summary"] = notice.Summary,
            ["source"] = notice.AgentId?.Value ?? notice.Fleet,
            ["severity"] = notice.Severity.ToWord(),
            ["timestamp"] = notice.BeganAt.ToString("O"),
            ["component"] = notice.Fleet,
            ["class"] = notice.Condition.ToWord(),
            ["custom_details"] = Details(notice),
        };
        if (notice.Link is { } link)
        {
            body["client_url"] = link.AbsoluteUri;
            body["links"] = new JsonArray(new JsonObject { ["href"] = link.AbsoluteUri, ["text"] = "Healing dashboard" });
        }

        return body;
    }

    private static JsonObject Details(AlertNotice notice)
    {
        var details = new JsonObject { ["condition"] = notice.Condition.ToWord() };
        if (notice.Details is { } why)
        {
            details["why"] = why;
        }

        if (notice.Count is { } count)
        {
            details["agents"] = count;
        }

        if (notice.Labels.Count > 0)
        {
            details["labels"] = new JsonObject(notice.Labels.Select(l => KeyValuePair.Create<string, JsonNode?>(l.Key, l.Value)));
        }

        return details;
    }
}
