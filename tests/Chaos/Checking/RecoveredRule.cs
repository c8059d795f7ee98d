namespace OrleansHealing.Chaos.Checking;

/// <summary>G7: nobody is called recovered or healthy whose incarnation has not beaten.</summary>
internal sealed class RecoveredRule : IRule
{
    private const string Name = "G7 verified recovery";

    public IEnumerable<Violation> See(View view)
    {
        // A later incarnation's beat may have taken the place of the one that it is about.
        var recovered = view.Now.NewActions.Where(a => a.Action is "recovered").Select(a => (a.Agent, a.Incarnation, What: "recovered"));
        var healthy = view.Now.States.Where(s => s.Value.Status is "healthy").Select(s => (Agent: s.Key, s.Value.Incarnation, What: "healthy"));
        foreach (var (agent, incarnation, what) in recovered.Concat(healthy))
        {
            if (!view.Now.States.ContainsKey(agent))
            {
                continue;
            }

            var beat = view.Now.Beats.GetValueOrDefault(agent)?.Incarnation ?? 0;
            if (beat < incarnation)
            {
                yield return view.Broken(Name, agent, $"incarnation {incarnation} is {what}, and the last that has beaten is {beat}");
            }
        }
    }
}
