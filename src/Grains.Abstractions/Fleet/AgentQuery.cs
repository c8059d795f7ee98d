using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>Which agents, and which page of them. Agents come in the ordinal order of their ids.</summary>
[GenerateSerializer, Immutable, Alias("healing.AgentQuery")]
public sealed record AgentQuery
{
    /// <summary>The longest page.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only agents of this status.</summary>
    [Id(0)]
    public AgentStatus? Status { get; init; }

    /// <summary>Only agents with this text in their id, kind or labels; case does not count.</summary>
    [Id(1)]
    public string? Search { get; init; }

    /// <summary>How many, 1 to <see cref="MaxLimit"/>.</summary>
    [Id(2)]
    public int Limit { get; init; } = 100;

    /// <summary>Where the page before this one ended.</summary>
    [Id(3)]
    public string? Cursor { get; init; }

    /// <summary>Only agents that have all of these labels; null for any.</summary>
    [Id(4)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
