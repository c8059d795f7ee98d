using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Fleet;

/// <summary>Where a silo stands, as the cluster's membership and a person's orders say.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<SiloState>))]
public enum SiloState
{
    /// <summary>It comes up and has no work yet.</summary>
    Joining,

    /// <summary>At work.</summary>
    Active,

    /// <summary>At work, and by a person's order its agents are moved away; it is given no other.</summary>
    Draining,

    /// <summary>At work, and empty by a person's order; it can be stopped.</summary>
    Drained,

    /// <summary>It hands over its work and ends.</summary>
    Stopping,

    /// <summary>Gone, or not known to the membership.</summary>
    Dead,
}
