using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Alerts;

/// <summary>A person's wish not to hear of certain alerts for a while.</summary>
/// <param name="Labels">The labels that an agent must have to be meant; none: whichever.</param>
/// <param name="Actor">Who.</param>
/// <param name="For">How long; at most 30 days, since a silence without an end is one that is forgotten.</param>
/// <param name="AgentId">The agent that is meant; null: whichever.</param>
/// <param name="Condition">The condition that is meant; null: whichever.</param>
/// <param name="Reason">Why, if it was said.</param>
[GenerateSerializer, Immutable, Alias("healing.AlertSilenceCommand")]
public sealed record AlertSilenceCommand(
    [property: Id(0)] IReadOnlyDictionary<string, string> Labels,
    [property: Id(1)] string Actor,
    [property: Id(2)] TimeSpan For,
    [property: Id(3)] AgentId? AgentId = null,
    [property: Id(4)] AlertCondition? Condition = null,
    [property: Id(5)] string? Reason = null)
{
    /// <summary>The longest silence.</summary>
    public static readonly TimeSpan MaxFor = TimeSpan.FromDays(30);

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

        if (For <= TimeSpan.Zero || For > MaxFor)
        {
            yield return new Fault("forSeconds", FormattableString.Invariant($"must be over 0 and at most {MaxFor.TotalSeconds} (it is {For.TotalSeconds})"));
        }
    }
}
