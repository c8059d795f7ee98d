using System.ComponentModel.DataAnnotations;

namespace OrleansHealing.Alerts;

/// <summary>One sink. Configuration section: <c>Healing:Alerts:Sinks:N</c>. Its address and key are secrets and are never shown.</summary>
public sealed class AlertSinkOptions : AlertRoute
{
    /// <summary>Its name, for people and in the store: 1 to 64 letters, digits, dots, dashes and underscores. Required.</summary>
    [Required, RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    public string Name { get; set; } = "";

    /// <summary>What it is; required.</summary>
    [Required, EnumDataType(typeof(AlertSinkKind))]
    public AlertSinkKind? Kind { get; set; }

    /// <summary>
    /// Its address: of the incoming webhook, of the Alertmanager (without <c>/api/v2/alerts</c>), of the webhook's receiver. For
    /// PagerDuty that of its events API by default. None for the log.
    /// </summary>
    public Uri? Url { get; set; }

    /// <summary>PagerDuty's routing key, or the webhook's secret (<c>whsec_</c> and base64). None for the others.</summary>
    public string? Key { get; set; }

    /// <summary>After how long an attempt is given up; 10 s by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
