using OrleansHealing.Chaos.Faults;
using OrleansHealing.Chaos.Observation;

namespace OrleansHealing.Chaos.Checking;

/// <summary>One promise, held against what the store shows from one snapshot to the next.</summary>
internal interface IRule
{
    /// <summary>What of <paramref name="view"/> breaks it.</summary>
    IEnumerable<Violation> See(View view);
}

/// <summary>What a rule may look at.</summary>
/// <param name="Before">The snapshot before; null for the first.</param>
/// <param name="Now">The newest snapshot.</param>
/// <param name="Faults">All faults so far.</param>
/// <param name="Limits">What was configured.</param>
internal sealed record View(Snapshot? Before, Snapshot Now, IReadOnlyList<Fault> Faults, Limits Limits)
{
    /// <summary>Since when what is new in this snapshot may have happened.</summary>
    public TimeSpan Since => Before?.At ?? TimeSpan.Zero;

    /// <summary>
    /// Whether a commit may have been torn lately: the embedded store was killed, which can leave the first writes of a script.
    /// The supervisor's next look puts that right.
    /// </summary>
    public bool MayBeTorn => IsTornSince(Since);

    /// <summary>Whether what stands in this snapshot may still be what a torn commit left.</summary>
    public bool MayStillBeTorn => IsTornSince(Now.At);

    private bool IsTornSince(TimeSpan since) => Limits.TearsScripts
        && Faults.Any(f => f.Kind is FaultKind.KillStore && f.Reaches(since, Now.At, Limits.TornFor));

    public Violation Broken(string rule, string? agent, string evidence) => new(Now.At, rule, agent, evidence);
}
