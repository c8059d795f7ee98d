using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Alerts;

/// <summary>Where an alert stands.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<AlertState>))]
public enum AlertState
{
    /// <summary>Its condition holds, or held a moment ago.</summary>
    Firing,

    /// <summary>Its condition is over.</summary>
    Resolved,
}
