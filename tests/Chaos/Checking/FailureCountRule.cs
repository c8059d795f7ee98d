namespace OrleansHealing.Chaos.Checking;

/// <summary>G6: the count of failures in a row goes back by health, completion or a person alone, and goes up by failures alone.</summary>
internal sealed class FailureCountRule : IRule
{
    private const string Name = "G6 reset by health only";

    public IEnumerable<Violation> See(View view)
    {
        if (view.Before is null || view.Now.HasLostActions)
        {
            yield break;
        }

        var told = view.Now.NewActions.ToLookup(a => a.Agent, a => a.Action);
        foreach (var (agent, state) in view.Now.States)
        {
            if (!view.Before.States.TryGetValue(agent, out var before) || state.Failures == before.Failures)
            {
                continue;
            }

            // A torn commit may have left the log of it before, and the state only now.
            string[] reasons = state.Failures < before.Failures
                ? ["stabilized", "completed", "released", "removed", "repaired"]
                : ["failed"];
            if (!told[agent].Intersect(reasons).Any() && !view.MayBeTorn)
            {
                yield return view.Broken(
                    Name, agent,
                    $"its failures in a row went from {before.Failures} to {state.Failures}; the log says [{string.Join(", ", told[agent])}]");
            }
        }
    }
}
