using OrleansHealing.Chaos.Faults;
using OrleansHealing.Chaos.Observation;

namespace OrleansHealing.Chaos.Checking;

/// <summary>
/// G2, G3: an agent that should run beats again within the bound after the end of the last fault that concerns it, or waits for
/// a stated time, or rests for a stated reason.
/// </summary>
internal sealed class BackRule : IRule
{
    private readonly Dictionary<string, Outage> _outages = [];
    private readonly HashSet<string> _seen = [];

    /// <summary>The longest that an agent did not beat, faults and waits included.</summary>
    public (TimeSpan Length, string Agent) LongestOutage { get; private set; }

    /// <summary>The longest that an agent took after the end of the last fault that concerned it, or of its wait.</summary>
    public (TimeSpan Length, string Agent) LongestReturn { get; private set; }

    /// <summary>Whether every agent is where it should be.</summary>
    public bool AreAllBack => _seen.Count > 0 && _outages.Count == 0;

    public IReadOnlyCollection<string> Away => _outages.Keys;

    public IEnumerable<Violation> See(View view)
    {
        var at = view.Now.At;
        var deadlines = view.Now.Deadlines.ToLookup(d => d.Agent);
        foreach (var gone in _outages.Keys.Except(view.Now.States.Keys).ToList())
        {
            _outages.Remove(gone);
        }

        foreach (var (agent, state) in view.Now.States)
        {
            _seen.Add(agent);
            if (view.Limits.Flawed.Contains(agent))
            {
                continue;
            }

            if (IsWhereItShouldBe(view, agent, state, deadlines[agent]))
            {
                if (_outages.Remove(agent, out var over))
                {
                    Note(agent, at - over.Since, at - ExcuseOf(view, agent, over));
                }

                continue;
            }

            var outage = _outages.TryGetValue(agent, out var known) ? known : new Outage(at);
            _outages[agent] = outage;
            if (state is { Status: "backing-off", NextRestartAt: { } next })
            {
                outage.WaitsUntil = at + (next - view.Now.StoreNow);
            }

            var late = at - ExcuseOf(view, agent, outage);
            if (late > view.Limits.BackWithin && !outage.IsTold)
            {
                outage.IsTold = true;
                yield return view.Broken(
                    "G2 back in time", agent,
                    $"it is {state.Status} #{state.Incarnation} and has not beaten {late.TotalSeconds:0.0} s after the last fault that concerns it; "
                        + $"{view.Limits.BackWithin.TotalSeconds:0.0} s are the bound (away for {(at - outage.Since).TotalSeconds:0.0} s)");
            }
        }
    }

    private static bool IsWhereItShouldBe(View view, string agent, StateSeen state, IEnumerable<DeadlineSeen> deadlines) => state.Status switch
    {
        "healthy" => deadlines.Any(d => d.Incarnation == state.Incarnation && d.At > view.Now.StoreNow)
            && view.Now.Beats.GetValueOrDefault(agent)?.Incarnation == state.Incarnation,
        "completed" or "quarantined" => true,
        "paused" => view.Faults.Any(f => f.Kind is FaultKind.PauseAgent && f.Agent == agent && f.To is null),
        _ => false,
    };

    private static TimeSpan ExcuseOf(View view, string agent, Outage outage)
    {
        var excuse = outage.WaitsUntil > outage.Since ? outage.WaitsUntil : outage.Since;
        foreach (var fault in view.Faults.Where(f => !f.IsOfAnAgent || f.Agent == agent))
        {
            var end = fault.To ?? view.Now.At;
            excuse = end > excuse ? end : excuse;
        }

        return excuse < view.Now.At ? excuse : view.Now.At;
    }

    private void Note(string agent, TimeSpan length, TimeSpan after)
    {
        LongestOutage = length > LongestOutage.Length ? (length, agent) : LongestOutage;
        LongestReturn = after > LongestReturn.Length ? (after, agent) : LongestReturn;
    }

    private sealed class Outage(TimeSpan since)
    {
        public TimeSpan Since { get; } = since;

        public TimeSpan WaitsUntil { get; set; }

        public bool IsTold { get; set; }
    }
}
