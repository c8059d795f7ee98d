namespace OrleansHealing.Fleet;

/// <summary>A page of a list, and where the next one starts.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="NextCursor">Give it back for the next page; null when this was the last.</param>
[GenerateSerializer, Immutable, Alias("healing.Page`1")]
public sealed record Page<T>(
    [property: Id(0)] IReadOnlyList<T> Items,
    [property: Id(1)] string? NextCursor);
