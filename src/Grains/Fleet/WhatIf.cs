using System.Globalization;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>
/// The arithmetic of another timeout. A living agent whose heartbeat came later than it would have been restarted for nothing; a
/// dead one would have been found as much later as the timeout is longer.
/// </summary>
internal static class WhatIf
{
    public static WhatIfAnswer Of(
        TimeSpan asked, IReadOnlyDictionary<string, SilenceCounts> counts, Func<string, TimeSpan> presentOf, DateTimeOffset now)
    {
        IReadOnlyList<WhatIfKind> kinds = [.. counts.Select(c => Of(asked, c.Key, c.Value, presentOf(c.Key), now))];
        return new WhatIfAnswer { TimeoutSeconds = asked.TotalSeconds, Kinds = kinds, Unknown = [.. Unknown(asked, kinds)] };
    }

    private static WhatIfKind Of(TimeSpan asked, string kind, SilenceCounts counts, TimeSpan present, DateTimeOffset now)
    {
        var limit = asked.TotalMilliseconds;
        var surely = counts.Gaps.Where(g => g.Key >= limit).Sum(g => g.Value);
        var perhaps = counts.Gaps.Where(g => g.Key < limit && !(GapBuckets.Above(g.Key) <= limit)).Sum(g => g.Value);
        var since = counts.CountedSince ?? now;
        var hours = (now - since).TotalHours;
        var later = counts.Silences == 0 ? asked - present : (asked * counts.Silences - counts.Timeouts) / counts.Silences;
        return new WhatIfKind
        {
            Kind = kind,
            PresentTimeoutSeconds = present.TotalSeconds,
            Since = since,
            Gaps = counts.Gaps.Values.Sum(),
            LongestGapSeconds = counts.Gaps.Count == 0 ? null : GapBuckets.Above(counts.Gaps.Keys.Max()) / 1000.0,
            FalseRestarts = surely,
            FalseRestartsAtMost = surely + perhaps,
            FalseRestartsPerHour = hours > 0 ? Math.Round(surely / hours, 3) : 0,
            Silences = counts.Silences,
            Mistakes = counts.Mistakes,
            MeanSilenceSeconds = counts.Silences == 0 ? null : Math.Round(counts.Silent.TotalSeconds / counts.Silences, 3),
            FoundLaterSeconds = Math.Round(later.TotalSeconds, 3),
            ExtraDowntimeSeconds = Math.Round(later.TotalSeconds * counts.Silences, 3),
        };
    }

    private static IEnumerable<string> Unknown(TimeSpan asked, IReadOnlyList<WhatIfKind> kinds)
    {
        if (kinds.Count == 0)
        {
            yield break;
        }

        if (kinds.Any(k => k.PresentTimeoutSeconds < asked.TotalSeconds))
        {
            yield return "A gap longer than the present timeout was cut off by the restart. So none is counted here that a longer "
                + "timeout would have borne: how many of the silent agents would have been heard again is not known.";
        }

        if (kinds.Any(k => k is { Silences: > 0, Mistakes: null }))
        {
            yield return "Whether an agent that was judged silent was dead is not known; as many as were alive are no failures, and cost no downtime.";
        }

        if (kinds.Any(k => k.FalseRestartsAtMost > k.FalseRestarts))
        {
            var lower = GapBuckets.Bounds[GapBuckets.IndexOf((long)asked.TotalMilliseconds)];
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Gaps are counted in buckets, and this timeout lies between two bounds ({ActionLog.Say(TimeSpan.FromMilliseconds(lower))} and {Upper(lower)}): hence the two numbers.");
        }

        yield return "Agents whose definition sets a timeout of its own are counted under their kind. What an outage or a slow answer of the store held up "
            + "is not counted, since nobody is judged by it.";
    }

    private static string Upper(long lower) => GapBuckets.Above(lower) is { } above ? ActionLog.Say(TimeSpan.FromMilliseconds(above)) : "any more";
}
