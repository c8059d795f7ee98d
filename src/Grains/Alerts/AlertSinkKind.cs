using System.ComponentModel;
using OrleansHealing.Serialization;

namespace OrleansHealing.Alerts;

/// <summary>Where alerts can be sent to without code of one's own.</summary>
[TypeConverter(typeof(KebabCaseTypeConverter))]
public enum AlertSinkKind
{
    /// <summary>The silo's log.</summary>
    Log,

    /// <summary>Any HTTP server, by a POST that is signed as Standard Webhooks says.</summary>
    Webhook,

    /// <summary>A Slack incoming webhook.</summary>
    Slack,

    /// <summary>PagerDuty, by its Events API v2.</summary>
    PagerDuty,

    /// <summary>Prometheus's Alertmanager, by its API v2.</summary>
    Alertmanager,
}
