using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>What a restart waits for beyond the agent's own backoff.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<RestartHold>))]
public enum RestartHold
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Many agents of its kind failed for one cause: one of them is tried first.</summary>
    Canary,

    /// <summary>The silos that it was on died: it may have killed them, and is started alone, after all others.</summary>
    Trial,

    /// <summary>Others that were told to wait for the same thing were told so again.</summary>
    Breaker,

    /// <summary>It is restarted with its group, and others of it come first. Of a quarantined agent: that its group was.</summary>
    Group,
}
