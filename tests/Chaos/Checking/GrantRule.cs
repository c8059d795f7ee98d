namespace OrleansHealing.Chaos.Checking;

/// <summary>G3, G4, G15: each incarnation is granted once, and none is left out or granted without a word in the log.</summary>
internal sealed class GrantRule : IRule
{
    private const string Name = "G4 one grant";
    private readonly Dictionary<string, long> _granted = [];

    /// <summary>Grants that were written twice because the store was killed between the log and the state.</summary>
    public int Torn { get; private set; }

    public IEnumerable<Violation> See(View view)
    {
        foreach (var action in view.Now.NewActions.Where(a => a.Action is "spawned" or "restarting" or "repaired"))
        {
            var before = _granted.GetValueOrDefault(action.Agent);
            var (agent, incarnation) = (action.Agent, action.Incarnation);
            if (action.Action is not "repaired" && incarnation <= before)
            {
                if (incarnation == before && view.MayBeTorn)
                {
                    Torn++;
                }
                else
                {
                    yield return view.Broken(Name, agent, $"'{action.Action}' grants incarnation {incarnation}, and {before} was granted before ({action.Details})");
                }
            }
            else if (action.Action is "restarting" && before > 0 && incarnation > before + 1 && !view.Now.HasLostActions)
            {
                yield return view.Broken(Name, agent, $"incarnation {incarnation} follows {before}: a number was left out ({action.Details})");
            }

            _granted[agent] = Math.Max(before, incarnation);
        }

        foreach (var (agent, state) in view.Now.States)
        {
            var granted = _granted.GetValueOrDefault(agent);
            if (view.Before is not null && state.Incarnation > granted && !view.Now.HasLostActions)
            {
                yield return view.Broken(Name, agent, $"its state is of incarnation {state.Incarnation}, and the log has granted {granted} at most");
            }

            _granted[agent] = Math.Max(granted, state.Incarnation);
        }
    }
}
