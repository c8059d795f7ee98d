using System.Globalization;

namespace OrleansHealing.Supervision;

/// <summary>Which rules a decision looked at, in their order, and which of them made which action.</summary>
internal sealed class DecisionTrace
{
    private readonly List<ConsideredRule> _rules = [];
    private readonly Dictionary<string, string> _ruleOf = new(StringComparer.Ordinal);

    public IReadOnlyList<ConsideredRule> Rules => _rules;

    /// <summary>A rule was looked at.</summary>
    public void Saw(string rule, bool fired, string details) => _rules.Add(new ConsideredRule(rule, fired, details));

    /// <summary>An action was written: the rule that applied last made it.</summary>
    public void Wrote(string actionId)
    {
        if (_rules.FindLast(r => r.Fired) is { } rule)
        {
            _ruleOf[actionId] = rule.Rule;
        }
    }

    public string? RuleOf(string actionId) => _ruleOf.GetValueOrDefault(actionId);

    /// <summary>A moment, and how far it is from <paramref name="now"/>.</summary>
    public static string When(DateTimeOffset? at, DateTimeOffset now)
    {
        if (at is not { } time)
        {
            return "never";
        }

        var text = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return time == now ? $"{text} (now)" : time < now ? $"{text} ({ActionLog.Say(now - time)} ago)" : $"{text} (in {ActionLog.Say(time - now)})";
    }
}
