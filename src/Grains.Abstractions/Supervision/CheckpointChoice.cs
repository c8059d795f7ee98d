using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>Which checkpoint an incarnation is started from.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<CheckpointChoice>))]
public enum CheckpointChoice
{
    /// <summary>The newest.</summary>
    Newest,

    /// <summary>The one before the newest, since it failed again and again right after that.</summary>
    Previous,

    /// <summary>None: from the beginning.</summary>
    None,
}
