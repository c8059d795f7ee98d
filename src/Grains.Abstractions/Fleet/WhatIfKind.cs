using System.Text.Json.Serialization;

namespace OrleansHealing.Fleet;

/// <summary>What another timeout would have meant for the agents of one kind.</summary>
[GenerateSerializer, Immutable, Alias("healing.WhatIfKind")]
public sealed record WhatIfKind
{
    /// <summary>The kind.</summary>
    [Id(0)]
    public required string Kind { get; init; }

    /// <summary>Its timeout now, seconds; an agent's definition may say another.</summary>
    [Id(1)]
    public required double PresentTimeoutSeconds { get; init; }

    /// <summary>Since when it is recorded.</summary>
    [Id(2)]
    public required DateTimeOffset Since { get; init; }

    /// <summary>Gaps between heartbeats of living agents that were looked at.</summary>
    [Id(3)]
    public required long Gaps { get; init; }

    /// <summary>The longest of them was shorter than this, seconds; null when there are none, or none is known to be.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? LongestGapSeconds { get; init; }

    /// <summary>Restarts of living agents: gaps that were longer than the timeout.</summary>
    [Id(5)]
    public required long FalseRestarts { get; init; }

    /// <summary>The same with all gaps of the bucket that the timeout lies in.</summary>
    [Id(6)]
    public required long FalseRestartsAtMost { get; init; }

    /// <summary><see cref="FalseRestarts"/> an hour since <see cref="Since"/>.</summary>
    [Id(7)]
    public required double FalseRestartsPerHour { get; init; }

    /// <summary>Failures that were found by silence.</summary>
    [Id(8)]
    public required long Silences { get; init; }

    /// <summary>How many of them turned out to be mistakes; null when that is not known.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? Mistakes { get; init; }

    /// <summary>How long those agents had been silent when they were judged, on average, seconds; null without any.</summary>
    [Id(10), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? MeanSilenceSeconds { get; init; }

    /// <summary>So much later each of them would have been found, seconds; negative: earlier.</summary>
    [Id(11)]
    public required double FoundLaterSeconds { get; init; }

    /// <summary>Downtime that this would have added over all of them, seconds; negative: saved.</summary>
    [Id(12)]
    public required double ExtraDowntimeSeconds { get; init; }
}
