using OrleansHealing.Agents;

namespace OrleansHealing.Alerts;

/// <summary>That a condition holds.</summary>
internal sealed record Signal(AlertCondition Condition, string Subject, string Summary)
{
    private const int MaxSummary = 250;
    private const int MaxDetails = 1_000;

    /// <summary>The incident's key.</summary>
    public string Key => KeyOf(Condition, Subject);

    public string Summary { get; } = Cut(Summary, MaxSummary);

    public string? Details { get; init => field = value is null ? null : Cut(value, MaxDetails); }

    public AgentId? AgentId { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public long? Count { get; init; }

    public IReadOnlyDictionary<string, long>? Causes { get; init; }

    public AlertSeverity Severity => Condition switch
    {
        AlertCondition.RestartRate or AlertCondition.DeadManSwitch or AlertCondition.Test => AlertSeverity.Warning,
        AlertCondition.AgentQuarantined or AlertCondition.GroupQuarantined => AlertSeverity.Error,
        _ => AlertSeverity.Critical,
    };

    public static string KeyOf(AlertCondition condition, string subject) => $"{Serialization.Words.ToWord(condition)}/{subject}";

    private static string Cut(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most - 1), "…");
}
