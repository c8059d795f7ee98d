using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Heartbeats;

/// <summary>What an incarnation did with checkpoints.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<CheckpointUse>))]
public enum CheckpointUse
{
    /// <summary>It loaded one and has saved none since: if it fails now, the checkpoint may be why.</summary>
    Loaded,

    /// <summary>It has saved one.</summary>
    Saved,
}
