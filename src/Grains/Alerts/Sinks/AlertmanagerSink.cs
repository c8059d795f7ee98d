using System.Text.Json.Nodes;
using OrleansHealing.Serialization;

namespace OrleansHealing.Alerts.Sinks;

/// <summary>
/// Prometheus's Alertmanager, by its API v2. It knows an alert by its labels, so nothing that changes is one; it forgets all when it is
/// started anew, so it is told again each minute.
/// </summary>
internal sealed class AlertmanagerSink(Uri url, IHttpClientFactory clients, TimeProvider time) : HttpAlertSink(clients, time)
{
    // An alert without an end is over for it after five minutes without a word. One with an end that lies far ahead is not, so that a fleet that is down altogether does not look healed.
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(1);

    // By so much its clock may be behind.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(1);

    private readonly Uri _alerts = new($"{url.AbsoluteUri.TrimEnd('/')}/api/v2/alerts");
    private readonly TimeProvider _time = time;

    /// <inheritdoc/>
    public override TimeSpan? RepeatEvery => TimeSpan.FromMinutes(1);

    public override Task SendAsync(AlertNotice notice, CancellationToken cancellationToken) => PostAsync(_alerts, new JsonArray(Alert(notice)), cancellationToken);

    private JsonObject Alert(AlertNotice notice)
    {
        var labels = new JsonObject();
        foreach (var (name, value) in notice.Labels.Where(l => l.Value.Length > 0))
        {
            labels[NameOf(name)] = value;
        }

        labels["alertname"] = $"Healing{notice.Condition}";
        labels["severity"] = notice.Severity.ToWord();
        labels["fleet"] = notice.Fleet;
        labels["healing_key"] = notice.Key;
        if (notice.AgentId is { } id)
        {
            labels["agent"] = id.Value;
        }

        var annotations = new JsonObject { ["summary"] = notice.Summary };
        if (notice.Details is { } details)
        {
            annotations["description"] = details;
        }

        // In the time of this machine: the store's may be set otherwise. An end that is ahead of the Alertmanager's clock by a blink is
        // taken for one to come, and the later of two ends wins; so the end lies before the beginning that it was told.
        var now = _time.GetUtcNow();
        var begin = notice.BeganAt < now ? notice.BeganAt : now;
        var alert = new JsonObject
        {
            ["labels"] = labels,
            ["annotations"] = annotations,
            ["startsAt"] = (notice.State is AlertState.Resolved ? begin - ClockDifference : begin).ToString("O"),
            ["endsAt"] = (notice.State is AlertState.Resolved ? begin - ClockDifference : now + FarAhead).ToString("O"),
        };
        if (notice.Link is { } link)
        {
            alert["generatorURL"] = link.AbsoluteUri;
        }

        return alert;
    }

    /// <summary>A label's name as Prometheus allows it: letters, digits and underscores, no digit first.</summary>
    private static string NameOf(string name)
    {
        var allowed = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return char.IsAsciiDigit(allowed[0]) ? $"_{allowed}" : allowed;
    }
}
