using OrleansHealing.Chaos.Faults;
using OrleansHealing.Chaos.Observation;

namespace OrleansHealing.Chaos.Checking;

/// <summary>Holds what is seen of the store against all rules. Knows no clock and no store: what it is fed is all it knows.</summary>
internal sealed class Checker(Limits limits)
{
    private readonly List<Violation> _violations = [];
    private readonly GrantRule _grants = new();
    private readonly TotalsRule _totals = new();
    private readonly NoticedRule _noticed = new();
    private readonly RoundRule _rounds = new();
    private readonly Dictionary<string, int> _actions = [];
    private readonly HashSet<(string, string?, string)> _told = [];
    private readonly HashSet<string> _skipped = [];
    private readonly SortedSet<string> _quarantined = new(StringComparer.Ordinal);
    private IRule[]? _rules;
    private Snapshot? _before;

    public BackRule Back { get; } = new();

    /// <summary>Agents that were told to fail, which nobody has noticed yet.</summary>
    public IReadOnlyCollection<string> Unnoticed => _noticed.Unnoticed;

    /// <summary>The bound of <see cref="BackRule"/>.</summary>
    public TimeSpan BackWithin => limits.BackWithin;

    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>The longest that nobody finished a supervisor's round.</summary>
    public TimeSpan LongestWithoutARound => _rounds.Longest;

    /// <summary>Who was given up on, for as many failures in a row as that takes.</summary>
    public IReadOnlyCollection<string> Quarantined => _quarantined;

    /// <summary>How often each action was seen in the log.</summary>
    public IReadOnlyDictionary<string, int> Actions => _actions;

    public int Snapshots { get; private set; }

    /// <summary>Whether an agent was ever started from an older checkpoint on purpose.</summary>
    public bool HasSkipped(string agent) => _skipped.Contains(agent);

    public int TornGrants => _grants.Torn;

    public int Completed => _totals.Completed;

    private IRule[] Rules => _rules ??=
    [
        new FenceRule(), new OneLiveRule(), _grants, new FailureCountRule(), new RecoveredRule(), new WaitRule(),
        new RestartRateRule(), new CauseRule(), new QuarantineRule(), new BoundsRule(), _totals, _noticed, _rounds, Back,
    ];

    /// <summary>Looks at one more snapshot.</summary>
    /// <returns>What in it breaks a rule.</returns>
    public IReadOnlyList<Violation> See(Snapshot now, IReadOnlyList<Fault> faults)
    {
        var view = new View(_before, now, faults, limits);

        // What stays broken is told once.
        var found = Rules.SelectMany(rule => rule.See(view)).Where(v => _told.Add((v.Rule, v.Agent, v.Evidence))).ToList();
        _before = now;
        _violations.AddRange(found);
        Snapshots++;
        foreach (var action in now.NewActions)
        {
            if (action.Action is "checkpoint-skipped")
            {
                _skipped.Add(action.Agent);
            }

            if (action.Action is "quarantined")
            {
                _quarantined.Add(action.Agent);
            }

            _actions[action.Action] = _actions.GetValueOrDefault(action.Action) + 1;
        }

        return found;
    }
}
