using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>Where an agent stands.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<AgentStatus>))]
public enum AgentStatus
{
    /// <summary>Its first incarnation was granted and has not beaten yet.</summary>
    Starting,

    /// <summary>Its incarnation beats.</summary>
    Healthy,

    /// <summary>Its deadline is missed and not yet acted on. Never stored: it is a healthy, starting or restarting record seen too late.</summary>
    Stale,

    /// <summary>It failed and waits for its next restart.</summary>
    BackingOff,

    /// <summary>A later incarnation was granted and has not beaten yet.</summary>
    Restarting,

    /// <summary>Given up on after too many failures in a row, or a fatal one; waits for a person.</summary>
    Quarantined,

    /// <summary>A person paused it.</summary>
    Paused,

    /// <summary>It failed and its restart policy says to leave it.</summary>
    Stopped,

    /// <summary>It did its work and returned.</summary>
    Completed,
}
