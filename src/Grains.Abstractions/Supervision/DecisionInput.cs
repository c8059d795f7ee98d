namespace OrleansHealing.Supervision;

/// <summary>One value that a decision was made on.</summary>
/// <param name="Name">Where it stood, e.g. <c>state.consecutiveFailures</c>.</param>
/// <param name="Value">The value: times in UTC, durations in seconds.</param>
[GenerateSerializer, Immutable, Alias("healing.DecisionInput")]
public sealed record DecisionInput([property: Id(0)] string Name, [property: Id(1)] string Value);
