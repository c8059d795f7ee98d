using System.Text.Json.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>
/// One action, worked out again from what was recorded when it was decided: what was known, which rules were looked at, and
/// whether the same comes of it.
/// </summary>
[GenerateSerializer, Immutable, Alias("healing.ActionExplanation")]
public sealed record ActionExplanation
{
    /// <summary>The action, as the log has it.</summary>
    [Id(0)]
    public required SupervisorAction Action { get; init; }

    /// <summary>Why the rest is empty: what was recorded is gone, or cannot be read by this version; null when it is not.</summary>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Unexplained { get; init; }

    /// <summary>What was asked of the supervisor: <c>judge</c>, <c>obey</c>, <c>spawn</c>, <c>rebuild</c>.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Entry { get; init; }

    /// <summary>The rule that made this action.</summary>
    [Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Rule { get; init; }

    /// <summary>Every rule that was looked at, in that order.</summary>
    [Id(4)]
    public IReadOnlyList<ConsideredRule> Rules { get; init; } = [];

    /// <summary>Everything that the decision was made on, by dotted name.</summary>
    [Id(5)]
    public IReadOnlyList<DecisionInput> Inputs { get; init; } = [];

    /// <summary>All actions of the decision when it is made again, oldest first.</summary>
    [Id(6)]
    public IReadOnlyList<SupervisorAction> Decided { get; init; } = [];

    /// <summary>Whether deciding again gave what the log has of the decision; null when it could not be decided again.</summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsSame { get; init; }

    /// <summary>What came out otherwise, e.g. because another version decided it; a sentence each.</summary>
    [Id(8)]
    public IReadOnlyList<string> Differences { get; init; } = [];
}
