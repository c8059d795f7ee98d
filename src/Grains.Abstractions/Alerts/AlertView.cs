using System.Text.Json.Serialization;
using OrleansHealing.Agents;

namespace OrleansHealing.Alerts;

/// <summary>One alert as people and scripts see it.</summary>
[GenerateSerializer, Immutable, Alias("healing.AlertView")]
public sealed record AlertView
{
    /// <summary>What it is about; receivers know it by this.</summary>
    [Id(0)]
    public required string Key { get; init; }

    /// <summary>What holds, or held.</summary>
    [Id(1)]
    public required AlertCondition Condition { get; init; }

    /// <summary>How bad it is.</summary>
    [Id(2)]
    public required AlertSeverity Severity { get; init; }

    /// <summary>Whether it holds or is over.</summary>
    [Id(3)]
    public required AlertState State { get; init; }

    /// <summary>What it is about, in a sentence.</summary>
    [Id(4)]
    public required string Summary { get; init; }

    /// <summary>Why, with the numbers.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Details { get; init; }

    /// <summary>The agent, when it is about one.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentId? AgentId { get; init; }

    /// <summary>How many agents it is about, when it is about many.</summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Count { get; init; }

    /// <summary>Since when.</summary>
    [Id(8)]
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>Until when; null while it holds.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The silence that keeps it from being told; null when none does.</summary>
    [Id(10), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SilencedBy { get; init; }

    /// <summary>What each sink was told.</summary>
    [Id(11)]
    public required IReadOnlyList<AlertDelivery> Deliveries { get; init; }
}
