using OrleansHealing.Chaos.Faults;

namespace OrleansHealing.Chaos.Plan;

/// <summary>
/// The faults of a run, worked out from its seed alone: the same seed gives the same faults in the same order with the same
/// lengths. Only whom they hit depends on who is there.
/// </summary>
internal static class ChaosPlan
{
    private static readonly string[] Modes = ["exception", "hang", "block", "silent", "exit"];

    // Each kind as often as it stands here before the deck is shuffled anew, so that no run of some length misses one.
    private static readonly FaultKind[] Deck =
    [
        FaultKind.KillSilo, FaultKind.KillSilo, FaultKind.KillSupervisor, FaultKind.KillSupervisor, FaultKind.KillAllSilos,
        FaultKind.StopSilo, FaultKind.RollingRestart, FaultKind.JoinSilo, FaultKind.FreezeSilo, FaultKind.FreezeSilo,
        FaultKind.FreezeStore, FaultKind.FreezeStore, FaultKind.KillStore, FaultKind.KillStore, FaultKind.HogCpu,
        FaultKind.CrashAgent, FaultKind.CrashAgent, FaultKind.CrashAgent, FaultKind.CrashAgent, FaultKind.CrashAgent,
        FaultKind.PauseAgent, FaultKind.RestartAgent,
    ];

    /// <summary>The episodes of a seed, without an end.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="longest">How long a freeze of a silo lasts at most.</param>
    public static IEnumerable<Episode> Of(int seed, TimeSpan longest)
    {
        var random = new Random(seed);
        var deck = new Queue<FaultKind>();
        var modes = new Queue<string>();
        for (var number = 1; ; number++)
        {
            var count = random.Next(100) switch { < 40 => 1, < 75 => 2, < 93 => 3, _ => 4 };
            var faults = new List<PlannedFault>();
            for (var i = 0; i < count; i++)
            {
                var kind = Draw(deck, Deck, random);
                var after = i == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(random.Next(12_000));
                var mode = kind is FaultKind.CrashAgent ? Draw(modes, Modes, random) : null;
                faults.Add(new PlannedFault(kind, after, LengthOf(kind, longest, random), random.Next(), mode));
            }

            yield return new Episode(number, [.. faults.OrderBy(f => f.After)], TimeSpan.FromMilliseconds(random.Next(3_000)));
        }
    }

    private static T Draw<T>(Queue<T> deck, T[] cards, Random random)
    {
        if (deck.Count == 0)
        {
            var shuffled = cards.ToArray();
            random.Shuffle(shuffled);
            Array.ForEach(shuffled, deck.Enqueue);
        }

        return deck.Dequeue();
    }

    private static TimeSpan LengthOf(FaultKind kind, TimeSpan longest, Random random)
    {
        var (from, to) = kind switch
        {
            FaultKind.FreezeSilo => (Math.Min(10, longest.TotalSeconds / 2), longest.TotalSeconds),
            FaultKind.FreezeStore => (1, Math.Min(20, longest.TotalSeconds)),
            FaultKind.KillStore => (0, 8),
            FaultKind.HogCpu => (3, 8),
            FaultKind.PauseAgent => (1, 8),
            _ => (0, 0),
        };
        return TimeSpan.FromSeconds(from + (random.NextDouble() * (to - from)));
    }
}
