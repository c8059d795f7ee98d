using System.Text.Json.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Heartbeats;

/// <summary>How an incarnation says that it ended.</summary>
[JsonConverter(typeof(Serialization.KebabCaseEnumConverter<ReportKind>))]
internal enum ReportKind
{
    /// <summary>It failed, for the reason given.</summary>
    Failed,

    /// <summary>Its body returned.</summary>
    Returned,
}

/// <summary>What an incarnation, or who started it, told about its end. Waits in the store until the supervisor has acted on it.</summary>
internal sealed record IncarnationReport
{
    private const int MaxMessageLength = 2000;

    /// <summary>The incarnation that ended.</summary>
    public required long Incarnation { get; init; }

    /// <summary>How.</summary>
    public required ReportKind Kind { get; init; }

    /// <summary>The sort of failure.</summary>
    public required FailureReason Reason { get; init; }

    /// <summary>What was seen, for a person.</summary>
    public required string Message { get; init; }

    /// <summary>When, in the store's time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it was told to wait, seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RetryAfterSeconds { get; init; }

    /// <summary>The host on which it was, or was to be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Host { get; init; }

    /// <summary>What it was told to wait for, if it said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Resource { get; init; }

    /// <summary>An incarnation that failed.</summary>
    internal static IncarnationReport Failed(long incarnation, FailureReason reason, string message, DateTimeOffset at) =>
        new() { Incarnation = incarnation, Kind = ReportKind.Failed, Reason = reason, Message = message, At = at };

    /// <summary>An exception in as many words as a report takes.</summary>
    internal static string Describe(Exception e)
    {
        var text = $"{e.GetType().Name}: {e.Message}";
        return text.Length <= MaxMessageLength ? text : text[..MaxMessageLength];
    }
}
