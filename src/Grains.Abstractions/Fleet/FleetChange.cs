using System.Text.Json.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>What is new of a watched fleet since the change before. What is null is as it was.</summary>
[GenerateSerializer, Immutable, Alias("healing.FleetChange")]
public sealed record FleetChange
{
    /// <summary>When it was seen, in the store's time.</summary>
    [Id(0)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Agents that are new or not as they were.</summary>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentTile>? Agents { get; init; }

    /// <summary>The indexes of agents that are gone; another may be given them later.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Removed { get; init; }

    /// <summary>
    /// By index, how much of its promise each agent has left: 0 where none is due, 1 where the deadline is past, then up to 255 for
    /// a whole timeout and more. As base64 in JSON.
    /// </summary>
    [Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Fresh { get; init; }

    /// <summary>The fleet in numbers.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FleetOverview? Overview { get; init; }

    /// <summary>The silos.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SiloView>? Silos { get; init; }

    /// <summary>Actions since the change before, oldest first; of many the newest.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SupervisorAction>? Actions { get; init; }

    /// <summary>Whether this and the changes before it are all that there is; false while the fleet is read for the first time.</summary>
    [Id(7)]
    public bool IsWhole { get; init; }

    /// <summary>Whether there may have been more <see cref="Actions"/> since the change before than are told here; the log has them.</summary>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MoreActions { get; init; }
}
