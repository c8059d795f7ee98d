using System.Text.Json.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>What an agent is started from, every time. Written once when it is spawned; only <c>id</c> and <c>kind</c> are required.</summary>
[GenerateSerializer, Immutable, Alias("healing.AgentDefinition")]
public sealed record AgentDefinition
{
    /// <summary>The longest name of a kind, characters.</summary>
    public const int MaxKindLength = 64;

    /// <summary>The agent's name.</summary>
    [Id(0)]
    public required AgentId Id { get; init; }

    /// <summary>The registered name of what it is made from.</summary>
    [Id(1)]
    public required string Kind { get; init; }

    /// <summary>The kind's settings.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentSettings? Settings { get; init; }

    /// <summary>Words to find and group agents by.</summary>
    [Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Where this agent is supervised otherwise than its kind and fleet.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PolicySettings? Policy { get; init; }

    /// <summary>The group that it is restarted with, if it belongs to one.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentGroup? Group { get; init; }
}
