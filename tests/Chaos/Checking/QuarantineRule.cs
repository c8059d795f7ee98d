namespace OrleansHealing.Chaos.Checking;

/// <summary>
/// Nobody is given up on but for as many failures in a row as the policy says, or for three silos in a row that died under it.
/// Nothing here kills its silo, but the faults do, and an agent cannot prove that it did not; the cause of each loss is looked for
/// by <see cref="CauseRule"/>.
/// </summary>
internal sealed class QuarantineRule : IRule
{
    private const int LossesOfAPoison = 3;

    private readonly Dictionary<string, int> _lost = new(StringComparer.Ordinal);

    public IEnumerable<Violation> See(View view)
    {
        foreach (var action in view.Now.NewActions)
        {
            switch (action.Action)
            {
                case "failed" when action.Reason is "silo-lost":
                    _lost[action.Agent] = _lost.GetValueOrDefault(action.Agent) + 1;
                    break;
                case "stabilized" or "released" or "removed":
                    _lost.Remove(action.Agent);
                    break;
                case "quarantined" when action.Reason is "poison" && _lost.GetValueOrDefault(action.Agent) < LossesOfAPoison:
                    yield return view.Broken("G8 quarantine", action.Agent, $"taken for poison after {_lost.GetValueOrDefault(action.Agent)} silos of {LossesOfAPoison}: {action.Details}");
                    break;
                case "quarantined" when action.Reason is not "poison" && action.Failures < view.Limits.MaxRestarts:
                    yield return view.Broken("G8 quarantine", action.Agent, $"quarantined after {action.Failures} failures of {view.Limits.MaxRestarts}: {action.Details}");
                    break;
            }
        }
    }
}
