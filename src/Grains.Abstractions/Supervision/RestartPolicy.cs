using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>Whether an agent is started again when it ended; the words and meanings of OTP's supervisors.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<RestartPolicy>))]
public enum RestartPolicy
{
    /// <summary>Always started again, also after it returned.</summary>
    Permanent,

    /// <summary>Started again after a failure; when it returns it is completed.</summary>
    Transient,

    /// <summary>Never started again after a failure of its own; a lost silo or a drain still moves it.</summary>
    Temporary,
}
