namespace OrleansHealing.Supervision;

/// <summary>What became of one of several new agents.</summary>
/// <param name="Result">How it ended; null when nobody knows.</param>
/// <param name="StoreError">Why nobody knows: the store did not answer.</param>
[GenerateSerializer, Immutable, Alias("healing.SpawnAnswer")]
public sealed record SpawnAnswer([property: Id(0)] CommandResult? Result, [property: Id(1)] string? StoreError = null);
