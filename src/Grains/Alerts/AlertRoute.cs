using System.ComponentModel.DataAnnotations;

namespace OrleansHealing.Alerts;

/// <summary>Which alerts a sink is given, and how patient it is.</summary>
public class AlertRoute
{
    /// <summary>The least severity; <see cref="AlertSeverity.Warning"/> by default, which is all.</summary>
    [EnumDataType(typeof(AlertSeverity))]
    public AlertSeverity MinSeverity { get; set; }

    /// <summary>The conditions; none, the default, for all.</summary>
    public IList<AlertCondition> Conditions { get; } = [];

    /// <summary>Labels that the agent of an alert must have, all of them; none by default. With any, alerts about no agent are left out.</summary>
    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long an alert must last before this sink is told; 0 by default. One that is over by then it never hears of.</summary>
    public TimeSpan After { get; set; }

    /// <summary>Whether it is told the end as well; true by default.</summary>
    public bool SendResolved { get; set; } = true;

    internal bool Takes(Incident incident) =>
        incident.Severity >= MinSeverity
        && (Conditions.Count == 0 || Conditions.Contains(incident.Condition))
        && Labels.All(l => incident.Labels.TryGetValue(l.Key, out var value) && value == l.Value);
}
