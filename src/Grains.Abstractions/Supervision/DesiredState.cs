using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>What a person wants of an agent.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<DesiredMode>))]
public enum DesiredMode
{
    /// <summary>It should be at work.</summary>
    Run,

    /// <summary>It should rest until the pause is over, or somebody resumes it.</summary>
    Pause,
}

/// <summary>A person's order, with who and why. Only commands write it; no part of the machinery ever does, but for the end of a pause that
/// was ordered with one.</summary>
[GenerateSerializer, Immutable, Alias("healing.DesiredState")]
public sealed record DesiredState
{
    /// <summary>What is wanted.</summary>
    [Id(0)]
    public required DesiredMode Mode { get; init; }

    /// <summary>Who wants it.</summary>
    [Id(1)]
    public required string Actor { get; init; }

    /// <summary>Why, if it was said.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Since when, in the store's time.</summary>
    [Id(3)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Until when a pause lasts, in the store's time; null: until somebody ends it.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Until { get; init; }
}
