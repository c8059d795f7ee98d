namespace OrleansHealing.Heartbeats;

/// <summary>
/// The buckets that gaps between heartbeats are counted in, named by their lower bound in milliseconds: each 2 to 5 % wide from
/// 100 ms on, with every timeout that people choose among the bounds (each tenth of a second from 2 to 5 s, each quarter to
/// 10 s, each second to 20 s), so that most questions are answered without a doubt about the bucket.
/// </summary>
internal static class GapBuckets
{
    private const long Longest = 10_000_000;

    /// <summary>Every lower bound, ascending; the last bucket has no upper one.</summary>
    public static IReadOnlyList<long> Bounds { get; } = [.. MakeBounds()];

    private static readonly long[] Sorted = [.. Bounds];

    /// <summary>The number of the bucket of a gap.</summary>
    public static int IndexOf(long milliseconds)
    {
        var found = Array.BinarySearch(Sorted, Math.Max(0, milliseconds));
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The bound above the bucket that begins at <paramref name="lower"/>; null of the last, and of what is none.</summary>
    public static long? Above(long lower) => IndexOf(lower) is var i && i + 1 < Sorted.Length ? Sorted[i + 1] : null;

    private static IEnumerable<long> MakeBounds()
    {
        for (var bound = 0L; bound < 100; bound += 10)
        {
            yield return bound;
        }

        // Of each power of ten: 1 to 2 in steps of 0.05, 2 to 5 of 0.1, 5 to 10 of 0.25.
        for (var power = 100L; power < Longest; power *= 10)
        {
            for (var hundredths = 100L; hundredths < 1000; hundredths += hundredths < 200 ? 5 : hundredths < 500 ? 10 : 25)
            {
                yield return power * hundredths / 100;
            }
        }

        yield return Longest;
    }
}
