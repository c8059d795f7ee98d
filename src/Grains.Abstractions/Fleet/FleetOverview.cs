using System.Text.Json.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>The fleet in numbers.</summary>
[GenerateSerializer, Immutable, Alias("healing.FleetOverview")]
public sealed record FleetOverview
{
    /// <summary>How many agents there are.</summary>
    [Id(0)]
    public required long Agents { get; init; }

    /// <summary>How many of each status, every status named. Stale ones are counted as stale alone.</summary>
    [Id(1)]
    public required IReadOnlyDictionary<string, long> ByStatus { get; init; }

    /// <summary>Incarnations granted after first ones, since the store was new.</summary>
    [Id(2)]
    public required long Restarts { get; init; }

    /// <summary>Failures of incarnations, since the store was new.</summary>
    [Id(3)]
    public required long Failures { get; init; }

    /// <summary>Mean time from a failure to the first beat after it, since the store was new, seconds; null before the first recovery.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? MttrSeconds { get; init; }

    /// <summary>Records in the store that cannot be read, whichever silo came upon them.</summary>
    [Id(5)]
    public required long MalformedRecords { get; init; }

    /// <summary>How each partition's supervisor does.</summary>
    [Id(6)]
    public required IReadOnlyList<SupervisorPulse> Supervisors { get; init; }

    /// <summary>The standing orders that agents rest.</summary>
    [Id(7)]
    public IReadOnlyList<MaintenanceOrder> Maintenance { get; init; } = [];

    /// <summary>Heartbeats that were accepted since the store was new; those whose count was lost with an outage are not in it.</summary>
    [Id(8)]
    public long Beats { get; init; }
}
