namespace OrleansHealing.Fleet;

/// <summary>A person's order to drain a silo, or to take that back.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Reason">Why, if it was said.</param>
/// <param name="Undo">The silo takes agents again.</param>
[GenerateSerializer, Immutable, Alias("healing.DrainCommand")]
public sealed record DrainCommand(
    [property: Id(0)] string Actor,
    [property: Id(1)] string? Reason = null,
    [property: Id(2)] bool Undo = false);
