using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Agents;

/// <summary>What a setting may hold.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<AgentSettingType>))]
public enum AgentSettingType
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    WholeNumber,

    /// <summary>A number.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>The path of a file that is there and can be read.</summary>
    File,

    /// <summary>A list of texts.</summary>
    TextList,

    /// <summary>An object whose members are texts.</summary>
    TextMap,
}

/// <summary>One setting that a kind takes: checked when an agent is spawned, and enough to draw a form from.</summary>
[GenerateSerializer, Immutable, Alias("healing.AgentSetting")]
public sealed record AgentSetting
{
    /// <summary>The property's name in <c>settings</c>, camelCase.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>What it may hold.</summary>
    [Id(1)]
    public required AgentSettingType Type { get; init; }

    /// <summary>What it is for, with its unit and default.</summary>
    [Id(2)]
    public required string Description { get; init; }

    /// <summary>Whether an agent cannot be spawned without it.</summary>
    [Id(3)]
    public bool IsRequired { get; init; }

    /// <summary>The least number that is taken, if it is a number.</summary>
    [Id(4)]
    public double? Min { get; init; }

    /// <summary>The greatest number that is taken, if it is a number.</summary>
    [Id(5)]
    public double? Max { get; init; }
}
