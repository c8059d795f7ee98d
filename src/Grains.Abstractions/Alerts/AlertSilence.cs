using System.Text.Json.Serialization;
using OrleansHealing.Agents;

namespace OrleansHealing.Alerts;

/// <summary>Alerts that a person does not want to hear of for a while. What goes on when it expires is told then.</summary>
[GenerateSerializer, Immutable, Alias("healing.AlertSilence")]
public sealed record AlertSilence
{
    /// <summary>Its name.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>The agent that is meant; null: whichever.</summary>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentId? AgentId { get; init; }

    /// <summary>The condition that is meant; null: whichever.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AlertCondition? Condition { get; init; }

    /// <summary>The labels that the agent must have, all of them; none: whichever.</summary>
    [Id(3)]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Who wants it.</summary>
    [Id(4)]
    public required string Actor { get; init; }

    /// <summary>Why, if it was said.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Since when, in the store's time.</summary>
    [Id(6)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Until when, in the store's time.</summary>
    [Id(7)]
    public required DateTimeOffset Until { get; init; }

    /// <summary>Whether it means an alert of this condition, about this agent with these labels.</summary>
    public bool Covers(AlertCondition condition, AgentId? agentId, IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return (Condition is null || Condition == condition)
            && (AgentId is null || AgentId == agentId)
            && Labels.All(l => labels.TryGetValue(l.Key, out var value) && value == l.Value);
    }

    /// <summary>What it means, in words.</summary>
    [JsonIgnore]
    public string Scope
    {
        get
        {
            string?[] parts = [Condition is { } c ? Serialization.Words.ToWord(c) : null, AgentId is { } id ? $"agent '{id}'" : null, .. Labels.Select(l => $"{l.Key}={l.Value}")];
            return string.Join(", ", parts.Where(p => p is not null)) is { Length: > 0 } said ? said : "all alerts";
        }
    }
}
