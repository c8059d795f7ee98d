using System.Text.Json.Serialization;

namespace OrleansHealing.Fleet;

/// <summary>A person's order to drain a silo, with who, why and since when. It is about one process: a later silo of the name is not meant.</summary>
[GenerateSerializer, Immutable, Alias("healing.SiloDrain")]
public sealed record SiloDrain
{
    /// <summary>Who wants it.</summary>
    [Id(0)]
    public required string Actor { get; init; }

    /// <summary>Why, if it was said.</summary>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Since when, in the store's time.</summary>
    [Id(2)]
    public required DateTimeOffset At { get; init; }
}
