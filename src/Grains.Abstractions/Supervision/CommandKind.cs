using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>What a person can order.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<CommandKind>))]
public enum CommandKind
{
    /// <summary>Grant the next incarnation now. No failure is counted.</summary>
    Restart,

    /// <summary>Stop it and let it rest until it is resumed, or the time of the pause is over.</summary>
    Pause,

    /// <summary>End the pause.</summary>
    Resume,

    /// <summary>Let it out of quarantine, with its failures forgotten.</summary>
    Release,

    /// <summary>Stop it and forget it, checkpoints included.</summary>
    Remove,
}
