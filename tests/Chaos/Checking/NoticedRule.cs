using OrleansHealing.Chaos.Faults;

namespace OrleansHealing.Chaos.Checking;

/// <summary>
/// G2: an incarnation that was made to fail is replaced within the bound, however well it looks: one that hangs beats on, and
/// one that fell silent has a deadline ahead for a while.
/// </summary>
internal sealed class NoticedRule : IRule
{
    private readonly HashSet<int> _noticed = [];
    private List<string> _unnoticed = [];

    /// <summary>Agents that were told to fail, and whose incarnation has not been replaced yet.</summary>
    public IReadOnlyCollection<string> Unnoticed => _unnoticed;

    public IEnumerable<Violation> See(View view)
    {
        var unnoticed = new List<string>();
        foreach (var fault in view.Faults.Where(f => f.Kind is FaultKind.CrashAgent && f.Incarnation is not null && !_noticed.Contains(f.Number)))
        {
            var state = view.Now.States.GetValueOrDefault(fault.Agent!);

            // Gone or over, waiting or given up on: whatever it is, it is not that incarnation any more.
            if (state is not { IsPromised: true } || state.Incarnation > fault.Incarnation)
            {
                _noticed.Add(fault.Number);
                continue;
            }

            var excuse = view.Faults.Where(f => !f.IsOfAnAgent || f.Number == fault.Number).Max(f => f.To ?? view.Now.At);
            if (view.Now.At - excuse is var late && late > view.Limits.BackWithin)
            {
                _noticed.Add(fault.Number);
                yield return view.Broken(
                    "G2 noticed", fault.Agent, $"incarnation {fault.Incarnation} was told to fail ({fault.Mode}) at {fault.From:hh\\:mm\\:ss}, and is {state.Status} {late.TotalSeconds:0.0} s later");
            }
            else
            {
                unnoticed.Add(fault.Agent!);
            }
        }

        _unnoticed = unnoticed;
    }
}
