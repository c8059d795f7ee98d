namespace OrleansHealing.Chaos.Checking;

/// <summary>G1, G3: of each agent at most one incarnation may beat: the one that its state says was granted, or none.</summary>
internal sealed class OneLiveRule : IRule
{
    private const string Name = "G3 one live incarnation";
    private readonly HashSet<string> _told = [];

    public IEnumerable<Violation> See(View view)
    {
        if (view.MayStillBeTorn)
        {
            yield break;
        }

        var live = view.Now.Deadlines.ToLookup(d => d.Agent, d => d.Incarnation);
        foreach (var agent in view.Now.States.Keys.Union(live.Select(l => l.Key)))
        {
            var state = view.Now.States.GetValueOrDefault(agent);
            long[] expected = state is { IsPromised: true } ? [state.Incarnation] : [];
            if (live[agent].SequenceEqual(expected))
            {
                _told.Remove(agent);
            }
            else if (_told.Add(agent))
            {
                yield return view.Broken(
                    Name, agent,
                    $"it is {state?.Status ?? "unknown"} #{state?.Incarnation}, and may beat as [{string.Join(", ", live[agent])}]");
            }
        }
    }
}
