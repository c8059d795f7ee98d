using System.Text.Json.Serialization;
using OrleansHealing.Agents;

namespace OrleansHealing.Alerts;

/// <summary>
/// A condition from its beginning until everybody knows of its end. It says what is so and what each sink was told; what is to be sent is
/// the difference, worked out anew each time, so that nothing can be sent out of order and nothing be forgotten.
/// </summary>
internal sealed record Incident
{
    /// <summary>What it is about: <c>condition/subject</c>. There is one of a key at most.</summary>
    public required string Key { get; init; }

    /// <summary>What holds.</summary>
    public required AlertCondition Condition { get; init; }

    /// <summary>How bad it is.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>What it is about, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Why, with the numbers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Details { get; init; }

    /// <summary>The agent, when it is about one; of a group the one that it was given up for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentId? AgentId { get; init; }

    /// <summary>The agent's labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>How many agents it is about, when it is about many.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Count { get; init; }

    /// <summary>What befell them, and how many each.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Causes { get; init; }

    /// <summary>Since when it holds, in the store's time.</summary>
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>Since when it seems to be over; null while it holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? OverAt { get; init; }

    /// <summary>Since when that is certain enough to be told; null until then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How often it came back soon after it was over.</summary>
    public int Returns { get; init; }

    /// <summary>Grows with each change of what is so.</summary>
    public required long Revision { get; init; }

    /// <summary>What each sink was told, by its name.</summary>
    public IReadOnlyDictionary<string, Telling> Told { get; init; } = new Dictionary<string, Telling>();
}
