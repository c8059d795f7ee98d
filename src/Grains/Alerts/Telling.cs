using System.Text.Json.Serialization;

namespace OrleansHealing.Alerts;

/// <summary>What one sink was told of an incident, and how the last attempt went.</summary>
internal sealed record Telling
{
    /// <summary>What it was told last; null when nothing yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AlertState? State { get; init; }

    /// <summary>The incident's revision that it was told.</summary>
    public long Revision { get; init; }

    /// <summary>When, in the store's time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? At { get; init; }

    /// <summary>Why the last attempt did not get through; null when it did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>Before when it is not to be tried again, in the store's time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Whether that wait is this incident's alone, since it was refused, and not the whole sink's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRefused { get; init; }
}
