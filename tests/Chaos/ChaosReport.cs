using OrleansHealing.Chaos.Checking;
using OrleansHealing.Chaos.Effects;
using OrleansHealing.Chaos.Faults;

namespace OrleansHealing.Chaos;

/// <summary>What a run came to.</summary>
internal sealed record ChaosReport(
    ChaosOptions Options, IReadOnlyList<Violation> Violations, IReadOnlyDictionary<FaultKind, int> Injected, Checker Checker, EffectsJudge Effects,
    int Silos, IReadOnlyList<Fault> Stalls, TimeSpan Length, string Directory)
{
    public bool IsClean => Violations.Count == 0;

    public IEnumerable<string> Lines()
    {
        yield return $"seed {Options.Seed}, {Options.Store} store, {Options.Agents} agents, {Length:hh\\:mm\\:ss}: {Injected.Values.Sum()} faults injected, {Violations.Count} violations";
        foreach (var (kind, count) in Injected.OrderBy(i => i.Key))
        {
            yield return $"  {kind,-16}{count,5}";
        }

        yield return $"silos started: {Silos}; times the machine had no time: {Stalls.Count}, {Stalls.Sum(s => ((s.To ?? Length) - s.From).TotalSeconds):0} s; snapshots checked: {Checker.Snapshots}";
        yield return $"actions: {string.Join(", ", Checker.Actions.OrderByDescending(a => a.Value).Select(a => $"{a.Key} {a.Value}"))}";
        yield return $"readers that completed with exact totals: {Checker.Completed}; bodies that left traces: {Effects.Bodies}; commits torn by the store's death: {Checker.TornGrants}";
        yield return $"given up on, for as many failures or lost silos in a row as that takes: {string.Join(", ", Checker.Quarantined)}";
        yield return $"longest that nobody finished a supervisor's round, faults included: {Checker.LongestWithoutARound.TotalSeconds:0.0} s";
        yield return $"longest that an agent did not beat, faults and waits included: {Checker.Back.LongestOutage.Length.TotalSeconds:0.0} s ({Checker.Back.LongestOutage.Agent})";
        yield return $"longest return after the last fault that concerned an agent: {Checker.Back.LongestReturn.Length.TotalSeconds:0.0} s ({Checker.Back.LongestReturn.Agent}); the bound is {Checker.BackWithin.TotalSeconds:0.0} s";
        yield return $"longest that a fenced body went on outside the store: {Effects.Longest.Length.TotalSeconds:0.00} s ({Effects.Longest.Agent}); the bound is {EffectsJudge.LongestOverlap.TotalSeconds:0} s";
        foreach (var violation in Violations)
        {
            yield return $"VIOLATION {violation}";
        }

        if (!IsClean)
        {
            yield return $"logs and data: {Directory}";
            yield return $"again: {Options.Replay}";
        }
    }
}
