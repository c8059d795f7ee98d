using System.Text.Json.Serialization;

namespace OrleansHealing.Fleet;

/// <summary>One silo as people and scripts see it.</summary>
[GenerateSerializer, Immutable, Alias("healing.SiloView")]
public sealed record SiloView
{
    /// <summary>Its name, e.g. <c>silo-1</c>.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Where its pages and API are; null when it serves none.</summary>
    [Id(1)]
    public string? Url { get; init; }

    /// <summary>Its process id on <see cref="Machine"/>.</summary>
    [Id(2)]
    public required int Pid { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(3)]
    public required SiloState Status { get; init; }

    /// <summary>How many agents' incarnations it hosts.</summary>
    [Id(4)]
    public required long Agents { get; init; }

    /// <summary>When it came up.</summary>
    [Id(5)]
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The name of its machine.</summary>
    [Id(6)]
    public required string Machine { get; init; }

    /// <summary>Its address, as Orleans writes it parsably.</summary>
    [Id(7)]
    public required string Address { get; init; }

    /// <summary>When its process started, by the machine's own clock: with the pid, the identity of the process.</summary>
    [Id(8)]
    public required DateTimeOffset ProcessStartedAt { get; init; }

    /// <summary>Who wants it drained, and why; null when nobody does.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SiloDrain? Drain { get; init; }
}
