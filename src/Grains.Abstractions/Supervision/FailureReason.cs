using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>Why an incarnation ended. The reason decides the wait, and whether the crash budget is used.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<FailureReason>))]
public enum FailureReason
{
    /// <summary>The body threw.</summary>
    Crashed,

    /// <summary>The body ended although it was meant to go on.</summary>
    Exited,

    /// <summary>The agent could not be made or started.</summary>
    StartFailed,

    /// <summary>No first heartbeat within the start-up grace.</summary>
    StartTimedOut,

    /// <summary>No heartbeat by the deadline.</summary>
    Silent,

    /// <summary>Alive, but no progress within the progress timeout.</summary>
    Stuck,

    /// <summary>The silo that hosted it died. Uses up no crash budget.</summary>
    SiloLost,

    /// <summary>The silo that hosted it stopped in good order and handed it over. Uses up no crash budget.</summary>
    Drained,

    /// <summary>The body said that no restart can help.</summary>
    Fatal,

    /// <summary>The body was told to wait. Uses up no crash budget.</summary>
    ToldToWait,

    /// <summary>Its definition cannot be read any more.</summary>
    BadDefinition,

    /// <summary>The body ran out of memory. It is never started again at once, since what it filled is still full.</summary>
    OutOfMemory,
}
