using OrleansHealing.Chaos.Observation;

namespace OrleansHealing.Chaos.Checking;

/// <summary>G1: incarnations never go down, in whatever is written of an agent, and what was saved by a newer one stays on top.</summary>
internal sealed class FenceRule : IRule
{
    private const string Name = "G1 fence";
    private readonly Dictionary<(string What, string Agent), long> _highest = [];
    private readonly Dictionary<string, CheckpointSeen> _newest = [];

    public IEnumerable<Violation> See(View view)
    {
        var now = view.Now;
        var written = now.States.Select(s => (What: "state", Agent: s.Key, s.Value.Incarnation))
            .Concat(now.Beats.Select(b => (What: "heartbeat", Agent: b.Key, b.Value.Incarnation)))
            .Concat(now.Deadlines.GroupBy(d => d.Agent).Select(g => (What: "deadline", Agent: g.Key, Incarnation: g.Max(d => d.Incarnation))));
        foreach (var (what, agent, incarnation) in written)
        {
            var highest = _highest.GetValueOrDefault((what, agent));
            if (incarnation < highest)
            {
                yield return view.Broken(Name, agent, $"its {what} is of incarnation {incarnation} after one of {highest}");
            }

            _highest[(what, agent)] = Math.Max(highest, incarnation);
        }

        foreach (var violation in now.Checkpoints.SelectMany(c => SeeCheckpoints(view, c.Key, c.Value)))
        {
            yield return violation;
        }

        foreach (var removed in now.NewActions.Where(a => a.Action is "removed"))
        {
            _newest.Remove(removed.Agent);
        }
    }

    private IEnumerable<Violation> SeeCheckpoints(View view, string agent, IReadOnlyList<CheckpointSeen> checkpoints)
    {
        foreach (var (newer, older) in checkpoints.Zip(checkpoints.Skip(1)))
        {
            if (!IsAfter(newer, older))
            {
                yield return view.Broken(Name, agent, $"checkpoint {newer} was written after {older}");
            }
        }

        // An empty list is that of an agent that was removed, or that has saved nothing yet.
        if (checkpoints is [var newest, ..])
        {
            if (_newest.TryGetValue(agent, out var before) && newest != before && !IsAfter(newest, before))
            {
                yield return view.Broken(Name, agent, $"its newest checkpoint is {newest}, after it was {before}");
            }

            _newest[agent] = newest;
        }
        else if (_newest.TryGetValue(agent, out var lost) && view.Now.States.ContainsKey(agent)
            && !view.Now.NewActions.Any(a => a.Agent == agent && a.Action is "removed"))
        {
            yield return view.Broken(Name, agent, $"its checkpoints are gone; the newest was {lost}");
            _newest.Remove(agent);
        }
    }

    private static bool IsAfter(CheckpointSeen one, CheckpointSeen other) =>
        one.Incarnation > other.Incarnation || (one.Incarnation == other.Incarnation && one.Sequence > other.Sequence);
}
