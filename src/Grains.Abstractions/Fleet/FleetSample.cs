using System.Text.Json.Serialization;

namespace OrleansHealing.Fleet;

/// <summary>What a partition, or the fleet, did in one stretch of time.</summary>
[GenerateSerializer, Immutable, Alias("healing.FleetSample")]
public sealed record FleetSample
{
    /// <summary>The end of the stretch, in the store's time.</summary>
    [Id(0)]
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it was, seconds.</summary>
    [Id(1)]
    public required double Seconds { get; init; }

    /// <summary>How many agents of each stored status there were at its end; statuses that nobody has are left out.</summary>
    [Id(2)]
    public required IReadOnlyDictionary<string, long> ByStatus { get; init; }

    /// <summary>Failures of incarnations.</summary>
    [Id(3)]
    public required long Failures { get; init; }

    /// <summary>Incarnations granted after first ones.</summary>
    [Id(4)]
    public required long Restarts { get; init; }

    /// <summary>Heartbeats that were accepted; null when it is not known how many there were before.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Beats { get; init; }

    /// <summary>The times from failure to detection, seconds; null when nothing was detected.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SampledTimes? Detect { get; init; }

    /// <summary>The times from failure to the first beat after it, seconds; null when nobody recovered.</summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SampledTimes? Recover { get; init; }
}
