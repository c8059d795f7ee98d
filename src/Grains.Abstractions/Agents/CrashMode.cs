using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Agents;

/// <summary>A failure that is forced on a running agent, to see it heal.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<CrashMode>))]
public enum CrashMode
{
    /// <summary>The body throws. The supervisor is told at once.</summary>
    Exception,

    /// <summary>The body stops getting on but honours cancellation; its grain beats on. Noticed by the progress timeout alone.</summary>
    Hang,

    /// <summary>The body blocks its thread and ignores cancellation; its grain beats on. Noticed by the progress timeout, then abandoned.</summary>
    Block,

    /// <summary>The heartbeats stop while the body works on, as on a silo that is cut off. Noticed at the deadline; the body is fenced.</summary>
    Silent,

    /// <summary>The body ends early without an exception, like a process that exits. The supervisor is told at once.</summary>
    Exit,
}
