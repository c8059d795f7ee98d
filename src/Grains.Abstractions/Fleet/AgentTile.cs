using System.Text.Json.Serialization;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>One agent as a page shows it among ten thousand: what changes when it fails, and nothing that changes with each beat.</summary>
[GenerateSerializer, Immutable, Alias("healing.AgentTile")]
public sealed record AgentTile
{
    /// <summary>Its place among the freshness of all, the same for as long as it is watched.</summary>
    [Id(0), JsonPropertyName("i")]
    public required int Index { get; init; }

    /// <summary>The agent's name.</summary>
    [Id(1)]
    public required AgentId Id { get; init; }

    /// <summary>What it is made from.</summary>
    [Id(2)]
    public required string Kind { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(3)]
    public required AgentStatus Status { get; init; }

    /// <summary>Since when it has its stored status; for a healthy one, when it was back.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Since { get; init; }

    /// <summary>The name of the silo that hosts it, or hosted it last.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Silo { get; init; }

    /// <summary>The incarnation that was granted last.</summary>
    [Id(6)]
    public required long Incarnation { get; init; }

    /// <summary>Failures since it was last stable.</summary>
    [Id(7), JsonPropertyName("failures"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ConsecutiveFailures { get; init; }

    /// <summary>Incarnations granted after the first.</summary>
    [Id(8), JsonPropertyName("restarts"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long TotalRestarts { get; init; }

    /// <summary>When its next incarnation is due, while it is backing off.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NextRestartAt { get; init; }

    /// <summary>How its last failed incarnation failed, its message cut to 160 characters.</summary>
    [Id(10), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentFailure? LastFailure { get; init; }

    /// <summary>Its labels; null when it has none.</summary>
    [Id(11), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
