using System.Diagnostics;
using OrleansHealing.Chaos.Checking;

namespace OrleansHealing.Chaos.Effects;

/// <summary>What the traces of bodies prove, apart from anything that the store says.</summary>
internal sealed class EffectsJudge
{
    private const string OneBody = "G1 one body of an incarnation";
    private const string NoOverlap = "G1 no two at work";
    private const string NothingLost = "no checkpoint lost";

    /// <summary>
    /// How long an older body may still be at work after a newer one began, while its process runs: it learns that it is fenced
    /// by its next beat or checkpoint, and a silo that was frozen ends itself when it has read the membership.
    /// </summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromSeconds(10);

    /// <summary>The longest overlap that was seen.</summary>
    public (TimeSpan Length, string Agent) Longest { get; private set; }

    public int Bodies { get; private set; }

    /// <summary>Judges all traces of a run.</summary>
    /// <param name="effects">The traces, in any order.</param>
    /// <param name="thawed">When a process was last let go on after it was frozen, as a timestamp; null for one that never was.</param>
    /// <param name="hasSkipped">Whether an agent was ever started from an older checkpoint on purpose.</param>
    /// <param name="at">The time to report them at.</param>
    public IReadOnlyList<Violation> Judge(
        IReadOnlyList<Effect> effects, Func<int, IReadOnlyList<long>> thawed, Func<string, bool> hasSkipped, TimeSpan at)
    {
        var violations = new List<Violation>();
        Bodies = effects.Select(e => e.Body).Distinct().Count();
        foreach (var agent in effects.GroupBy(e => e.Agent))
        {
            foreach (var incarnation in agent.GroupBy(e => e.Incarnation).Where(i => i.Select(e => e.Body).Distinct().Count() > 1))
            {
                violations.Add(new(at, OneBody, agent.Key, $"incarnation {incarnation.Key} had the bodies {string.Join(", ", incarnation.Select(e => $"{e.Body} in {e.Pid}").Distinct())}"));
            }

            var bodies = agent.GroupBy(e => (e.Incarnation, e.Body, e.Pid)).OrderBy(b => b.Key.Incarnation).ToList();
            violations.AddRange(bodies.Zip(bodies.Skip(1)).SelectMany(pair => Compare(pair.First.ToList(), pair.Second.ToList(), thawed, at)));
            if (!hasSkipped(agent.Key))
            {
                violations.AddRange(FindLost(agent.Key, bodies.Select(b => b.ToList()), at));
            }
        }

        return violations;
    }

    private IEnumerable<Violation> Compare(List<Effect> older, List<Effect> newer, Func<int, IReadOnlyList<long>> thawed, TimeSpan at)
    {
        var (agent, began, ended) = (older[0].Agent, newer.Min(e => e.Timestamp), older.Max(e => e.Timestamp));

        // While its process was frozen it did nothing, and could learn nothing.
        began = thawed(older[0].Pid).Append(began).Max();
        if (ended <= began)
        {
            yield break;
        }

        var overlap = Stopwatch.GetElapsedTime(began, ended);
        Longest = overlap > Longest.Length ? (overlap, agent) : Longest;
        if (overlap > LongestOverlap)
        {
            yield return new(at, NoOverlap, agent,
                $"incarnation {older[0].Incarnation} in {older[0].Pid} was at work for {overlap.TotalSeconds:0.0} s after {newer[0].Incarnation} in {newer[0].Pid} began");
        }
    }

    /// <summary>What a body was told is saved, no later one may know nothing of.</summary>
    private static IEnumerable<Violation> FindLost(string agent, IEnumerable<List<Effect>> bodies, TimeSpan at)
    {
        var (saved, by) = (0L, 0L);
        foreach (var body in bodies)
        {
            if (body.Find(e => e.Kind is EffectKind.Loaded) is { } loaded && loaded.Number < saved)
            {
                yield return new(at, NothingLost, agent, $"incarnation {loaded.Incarnation} went on from {loaded.Number}, and {by} had saved {saved}");
            }

            if (body.Where(e => e.Kind is EffectKind.Saved).MaxBy(e => e.Number) is { } last && last.Number > saved)
            {
                (saved, by) = (last.Number, last.Incarnation);
            }
        }
    }
}
