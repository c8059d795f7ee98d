using System.Text.Json.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>How a supervisor does.</summary>
[GenerateSerializer, Immutable, Alias("healing.SupervisorPulse")]
public sealed record SupervisorPulse
{
    /// <summary>Its partition.</summary>
    [Id(0)]
    public required int Partition { get; init; }

    /// <summary>The name of the silo that hosts it.</summary>
    [Id(1)]
    public required string Silo { get; init; }

    /// <summary>Seconds since it got through a round, or a part of a long one; null before the first.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LastRoundAgeSeconds { get; init; }

    /// <summary>Why it holds back judging silence at the moment, if it does.</summary>
    [Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Hold { get; init; }

    /// <summary>Rounds completed since it came up.</summary>
    [Id(4)]
    public long Rounds { get; init; }

    /// <summary>Why the panic guard is on, if it is: from its hold on until few are silent.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Panic { get; init; }

    /// <summary>How long a restart that came now would wait for its turn among the fleet's, seconds.</summary>
    [Id(6)]
    public double RestartWaitSeconds { get; init; }

    /// <summary>How long the store's last answer to it took, seconds.</summary>
    [Id(7)]
    public double StoreSeconds { get; init; }

    /// <summary>How much later than it wanted its last round began, seconds.</summary>
    [Id(8)]
    public double LagSeconds { get; init; }
}
