using System.ComponentModel;
using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Alerts;

/// <summary>How bad it is, from the least; the words are PagerDuty's.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<AlertSeverity>)), TypeConverter(typeof(KebabCaseTypeConverter))]
public enum AlertSeverity
{
    /// <summary>To be looked at.</summary>
    Warning,

    /// <summary>Something does not work, and does not come back by itself.</summary>
    Error,

    /// <summary>The fleet, or the healing of it, is in danger.</summary>
    Critical,
}
