namespace OrleansHealing.Supervision;

/// <summary>From where agents are to be moved so that the silos have about the same number. Pure.</summary>
internal static class FleetBalance
{
    // Moving costs each agent a restart, so a difference that chance makes is let be.
    private const double Tolerance = 0.2;
    private const double LeastDifference = 2;

    /// <summary>Plans the next moves.</summary>
    /// <param name="agents">How many agents each host has; those that may take more among them, with 0 if they have none.</param>
    /// <param name="most">How many may be moved.</param>
    /// <returns>The host that gives some away, and how many; null when the silos are even enough.</returns>
    public static (string Host, int Count)? Plan(IReadOnlyDictionary<string, long> agents, int most)
    {
        if (agents.Count < 2 || most <= 0)
        {
            return null;
        }

        var mean = (double)agents.Values.Sum() / agents.Count;
        var (host, count) = agents.MaxBy(a => a.Value);
        var difference = count - agents.Values.Min();
        if (difference <= Math.Max(LeastDifference, mean * Tolerance))
        {
            return null;
        }

        var surplus = count - (long)Math.Ceiling(mean);
        return surplus <= 0 ? null : (host, (int)Math.Min(surplus, most));
    }
}
