namespace OrleansHealing.Hosting;

/// <summary>
/// How many threads the pool should have, by whether a piece of work was waiting for one when somebody looked. A wait is counted in
/// looks and not in time: who is frozen together with the pool sees no starvation.
/// </summary>
internal sealed class PoolPressure(int most)
{
    /// <summary>So many looks in a row at the same waiting work are starvation.</summary>
    public const int LooksUntilStarved = 3;

    /// <summary>Looks in a row at the same waiting work.</summary>
    public int Missed { get; private set; }

    /// <summary>Whether nothing moves in the pool.</summary>
    public bool IsStarved => Missed >= LooksUntilStarved;

    /// <summary>One look.</summary>
    /// <param name="isWaiting">Whether the work of the look before still waits.</param>
    /// <param name="threads">The threads that the pool makes without a pause.</param>
    /// <returns>How many it should make without a pause.</returns>
    public int Look(bool isWaiting, int threads)
    {
        Missed = isWaiting ? Missed + 1 : 0;
        return IsStarved ? Math.Max(threads, Math.Min(threads * 2, most)) : threads;
    }
}
