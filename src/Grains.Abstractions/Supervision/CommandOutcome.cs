using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>How a command ended.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<CommandOutcome>))]
public enum CommandOutcome
{
    /// <summary>Done, or it was so already.</summary>
    Ok,

    /// <summary>There is no such agent.</summary>
    NotFound,

    /// <summary>It is not in a state for this.</summary>
    Conflict,

    /// <summary>The input is wrong.</summary>
    Invalid,
}
