namespace OrleansHealing.Heartbeats;

/// <summary>What one partition's store is known by, so that one that lost writes is told from one that did not.</summary>
/// <param name="Generation">A random word that it was given when it was new; another one, or none, after its data was wiped.</param>
/// <param name="Grants">How many incarnations were granted in it; fewer than before after a fail-over or a restore that lost some.</param>
/// <param name="Floor">The number that every new incarnation must be greater than; 0 where nothing was ever lost.</param>
/// <param name="RemovedFloor">The highest incarnation of a removed agent.</param>
internal sealed record StoreMark(string Generation, long Grants, long Floor, long RemovedFloor)
{
    // What may have been granted to one agent between the last look at the store and the loss.
    private const long Unseen = 1000;

    /// <summary>A number that nothing was granted above: each grant is at most one more than the highest before it, or than the floor.</summary>
    public long HighestGranted => Math.Max(Floor + Grants, RemovedFloor);

    /// <summary>Above everything that was granted: what is known of, and what was granted since, which the time in seconds is above too.</summary>
    public static long FloorAfterLoss(StoreMark? known, DateTimeOffset now) =>
        Math.Max(now.ToUnixTimeSeconds(), known?.HighestGranted ?? 0) + Unseen;
}

/// <summary>What a look at the store's mark told.</summary>
/// <param name="Mark">The mark as it stands now.</param>
/// <param name="IsLost">Whether the store lost writes since it was as remembered.</param>
internal readonly record struct StoreRecall(StoreMark Mark, bool IsLost);
