using OrleansHealing.Fleet;

namespace OrleansHealing.Supervision;

/// <summary>The rules of labels, of an agent and of who is looking for some.</summary>
public static class LabelRules
{
    private const int Max = 32;
    private const int MaxLength = 256;

    /// <summary>What is wrong with <paramref name="labels"/>; null when nothing is.</summary>
    public static Fault? Fault(IReadOnlyDictionary<string, string>? labels) => labels switch
    {
        null => null,
        { Count: > Max } => new Fault("labels", $"must be at most {Max} (there are {labels.Count})"),
        _ when labels.Any(l => l.Key.Length is 0 or > MaxLength || l.Value is null || l.Value.Length > MaxLength) =>
            new Fault("labels", $"must have names of 1 to {MaxLength} characters and values of at most {MaxLength}"),
        _ => null,
    };
}
