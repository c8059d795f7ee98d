using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Fleet;

/// <summary>Where a silo stands, as the cluster's membership says.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<SiloState>))]
public enum SiloState
{
    /// <summary>It comes up and has no work yet.</summary>
    Joining,

    /// <summary>At work.</summary>
    Active,

    /// <summary>It hands over its work and ends.</summary>
    Stopping,

    /// <summary>Gone, or not known to the membership.</summary>
    Dead,
}
