namespace OrleansHealing.Fleet;

/// <summary>One thing that is wrong with an input: which property, and the rule that it breaks.</summary>
/// <param name="Property">The JSON path, e.g. <c>policy.backoff.factor</c>.</param>
/// <param name="Rule">What it must be, and what it is: <c>must be 1 to 100 (it is 0)</c>.</param>
[GenerateSerializer, Immutable, Alias("healing.Fault")]
public sealed record Fault([property: Id(0)] string Property, [property: Id(1)] string Rule)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Property} {Rule}";
}
