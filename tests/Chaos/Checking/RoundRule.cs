namespace OrleansHealing.Chaos.Checking;

/// <summary>G18: somebody finishes the supervisor's rounds, soon after the end of whatever kept everybody from it.</summary>
internal sealed class RoundRule : IRule
{
    private DateTimeOffset? _told;

    /// <summary>The longest that nobody finished a round, whatever the reason.</summary>
    public TimeSpan Longest { get; private set; }

    public IEnumerable<Violation> See(View view)
    {
        if (view.Now.LastRound is not { } last)
        {
            yield break;
        }

        var age = view.Now.StoreNow - last;
        Longest = age > Longest ? age : Longest;
        var fault = view.Faults.Where(f => !f.IsOfAnAgent).Select(f => f.To ?? view.Now.At).DefaultIfEmpty().Max();
        var late = age < view.Now.At - fault ? age : view.Now.At - fault;
        if (late > view.Limits.RoundWithin && _told != last)
        {
            _told = last;
            yield return view.Broken(
                "G18 watched watcher", null,
                $"the last round was finished {age.TotalSeconds:0.0} s ago, and nothing was wrong for {(view.Now.At - fault).TotalSeconds:0.0} s; {view.Limits.RoundWithin.TotalSeconds:0} s are the bound");
        }
    }
}
