namespace OrleansHealing.Fleet;

/// <summary>Times of one stretch.</summary>
/// <param name="Count">How many.</param>
/// <param name="Mean">Their mean, seconds.</param>
/// <param name="Max">The longest, seconds.</param>
[GenerateSerializer, Immutable, Alias("healing.SampledTimes")]
public sealed record SampledTimes([property: Id(0)] long Count, [property: Id(1)] double Mean, [property: Id(2)] double Max);
