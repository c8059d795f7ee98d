using System.Text;
using System.Text.Json.Nodes;
using OrleansHealing.Serialization;

namespace OrleansHealing.Alerts.Sinks;

/// <summary>A Slack incoming webhook. It knows no doubles: what was delivered and not noted comes twice.</summary>
internal sealed class SlackSink(Uri url, IHttpClientFactory clients, TimeProvider time) : HttpAlertSink(clients, time)
{
    public override Task SendAsync(AlertNotice notice, CancellationToken cancellationToken) => PostAsync(url, Body(notice), cancellationToken);

    private static JsonObject Body(AlertNotice notice)
    {
        var isOver = notice.State is AlertState.Resolved;
        var head = isOver ? $":white_check_mark: Resolved: {notice.Summary}" : $":rotating_light: [{notice.Severity.ToWord()}] {notice.Summary}";
        return new JsonObject
        {
            ["text"] = Escape(head),
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["color"] = isOver ? "#2e7d32" : notice.Severity is AlertSeverity.Warning ? "#b26a00" : "#c62828",
                ["fallback"] = notice.Summary,
                ["text"] = Text(notice),
            }),
        };
    }

    private static string Text(AlertNotice notice)
    {
        var text = new StringBuilder();
        if (notice.Details is { } details)
        {
            text.AppendLine(Escape(details));
        }

        text.Append(Escape($"{notice.Condition.ToWord()} of {notice.Fleet}, since {notice.BeganAt:u}"));
        if (notice.EndedAt is { } ended)
        {
            text.Append(Escape($" until {ended:u}"));
        }

        foreach (var (name, value) in notice.Labels)
        {
            text.Append(Escape($", {name}={value}"));
        }

        if (notice.Link is { } link)
        {
            text.AppendLine().Append($"<{link.AbsoluteUri}|Look at it>");
        }

        return text.ToString();
    }

    /// <summary>The three characters that mean something to Slack; with them escaped nobody can be called to a channel by an error's text.</summary>
    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
