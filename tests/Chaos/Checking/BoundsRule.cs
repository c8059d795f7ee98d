namespace OrleansHealing.Chaos.Checking;

/// <summary>G20, G17: every list has its limit, and nothing that the product wrote is something it cannot read.</summary>
internal sealed class BoundsRule : IRule
{
    private readonly HashSet<string> _told = [];

    public IEnumerable<Violation> See(View view)
    {
        foreach (var (key, length) in view.Now.Lengths)
        {
            var limit = key switch
            {
                "claims" => view.Limits.ClaimsKept,
                _ when key.StartsWith("checkpoints:", StringComparison.Ordinal) => view.Limits.CheckpointsKept,
                _ => view.Limits.ActionsKept,
            };
            if (length > limit && !view.MayStillBeTorn && _told.Add(key))
            {
                yield return view.Broken("G20 bounded", null, $"'{key}' has {length} entries, and {limit} is its limit");
            }
        }

        foreach (var entry in view.Now.Malformed.Where(_told.Add))
        {
            yield return view.Broken("G17 malformed", null, entry);
        }
    }
}
