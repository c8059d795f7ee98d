using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>Who is started again with a member of a group that failed; the words and meanings of OTP's supervisors.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<GroupRestart>))]
public enum GroupRestart
{
    /// <summary>All members.</summary>
    OneForAll,

    /// <summary>Those that come after it in the group's order.</summary>
    RestForOne,
}
