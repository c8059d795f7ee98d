using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Fleet;

/// <summary>How bad a finding is.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<DoctorLevel>))]
public enum DoctorLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, but a promise may not hold.</summary>
    Warning,

    /// <summary>Does not work.</summary>
    Error,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Level">How it is.</param>
/// <param name="Check">What was looked at.</param>
/// <param name="Message">What was seen, and what to do.</param>
[GenerateSerializer, Immutable, Alias("healing.DoctorFinding")]
public sealed record DoctorFinding(
    [property: Id(0)] DoctorLevel Level,
    [property: Id(1)] string Check,
    [property: Id(2)] string Message);
