using OrleansHealing.Serialization;

namespace OrleansHealing.Alerts;

/// <summary>Puts an incident into the words that sinks are given.</summary>
/// <param name="Fleet">What the fleet is called.</param>
/// <param name="Sender">The partition, or whoever else keeps incidents.</param>
/// <param name="PageUrl">Where the page is; null when that is not known.</param>
internal sealed record AlertLetter(string Fleet, string Sender, Uri? PageUrl)
{
    public AlertNotice Of(Incident incident, AlertState state)
    {
        var key = KeyOf(incident);
        return new AlertNotice
        {
            Key = key,
            MessageId = FormattableString.Invariant($"{key}/{incident.BeganAt.ToUnixTimeMilliseconds()}/{state.ToWord()}/{incident.Revision}"),
            State = state,
            Condition = incident.Condition,
            Severity = incident.Severity,
            Summary = incident.Summary,
            Details = DetailsOf(incident),
            Fleet = Fleet,
            AgentId = incident.AgentId,
            Labels = incident.Labels,
            Count = incident.Count,
            BeganAt = incident.BeganAt,
            EndedAt = state is AlertState.Resolved ? incident.OverAt ?? incident.EndedAt : null,
            Link = LinkOf(incident),
        };
    }

    /// <summary>What receivers know it by.</summary>
    public string KeyOf(Incident incident) => $"{Fleet}/{Sender}/{incident.Key}";

    private static string? DetailsOf(Incident incident) => incident.Causes is not { Count: > 0 } causes
        ? incident.Details
        : string.Join(", ", causes.OrderByDescending(c => c.Value).Select(c => $"{c.Key}: {c.Value}"));

    private Uri? LinkOf(Incident incident)
    {
        if (PageUrl is null)
        {
            return null;
        }

        var page = PageUrl.AbsoluteUri.TrimEnd('/');
        return new Uri(incident.AgentId is { } id ? $"{page}/#/agents/{Uri.EscapeDataString(id.Value)}" : $"{page}/#/");
    }
}
