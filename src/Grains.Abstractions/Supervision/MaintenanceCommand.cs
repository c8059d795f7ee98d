using OrleansHealing.Fleet;

namespace OrleansHealing.Supervision;

/// <summary>A person's order that agents rest, or the end of such an order.</summary>
/// <param name="Labels">The labels that an agent must have to be meant; none: the whole fleet.</param>
/// <param name="Actor">Who.</param>
/// <param name="Reason">Why, if it was said.</param>
/// <param name="For">How long; null: until somebody ends it.</param>
/// <param name="End">The order of this scope is over.</param>
[GenerateSerializer, Immutable, Alias("healing.MaintenanceCommand")]
public sealed record MaintenanceCommand(
    [property: Id(0)] IReadOnlyDictionary<string, string> Labels,
    [property: Id(1)] string Actor,
    [property: Id(2)] string? Reason = null,
    [property: Id(3)] TimeSpan? For = null,
    [property: Id(4)] bool End = false)
{
    /// <summary>Every fault of it.</summary>
    public IEnumerable<Fault> Check()
    {
        if (LabelRules.Fault(Labels) is { } labels)
        {
            yield return labels;
        }

        if (CommandRules.TooLong(Reason, CommandRules.MaxReasonLength) is { } rule)
        {
            yield return new Fault("reason", rule);
        }

        if (CommandRules.PauseFault(For) is { } span)
        {
            yield return span;
        }
    }
}
