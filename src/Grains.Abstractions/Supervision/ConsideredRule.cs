namespace OrleansHealing.Supervision;

/// <summary>One rule that a decision looked at.</summary>
/// <param name="Rule">Its name, e.g. <c>deadline</c>; docs/ARCHITECTURE.md lists them.</param>
/// <param name="Fired">Whether it applied.</param>
/// <param name="Details">The numbers it was decided on.</param>
[GenerateSerializer, Immutable, Alias("healing.ConsideredRule")]
public sealed record ConsideredRule([property: Id(0)] string Rule, [property: Id(1)] bool Fired, [property: Id(2)] string Details);
