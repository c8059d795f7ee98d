using System.Text.Json.Serialization;

namespace OrleansHealing.Alerts;

/// <summary>How far one sink is with one alert.</summary>
[GenerateSerializer, Immutable, Alias("healing.AlertDelivery")]
public sealed record AlertDelivery
{
    /// <summary>The sink's name.</summary>
    [Id(0)]
    public required string Sink { get; init; }

    /// <summary>What it was told last; null when nothing yet.</summary>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AlertState? Told { get; init; }

    /// <summary>When.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? At { get; init; }

    /// <summary>Why the last attempt did not get through; null when it did.</summary>
    [Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }
}
