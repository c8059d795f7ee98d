using System.Globalization;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Heartbeats;

/// <summary>What is counted of one kind's silences: gaps between heartbeats that came, and verdicts on those that did not.</summary>
internal sealed class SilenceCounts
{
    private const string Since = "since";
    private const string Gap = "gap";
    private const string Failed = "failed";
    private const string Mistaken = "mistaken";
    private const string TimeoutMs = "timeoutMs";
    private const string SilentMs = "silentMs";

    /// <summary>Since when it is counted.</summary>
    public DateTimeOffset? CountedSince { get; private set; }

    /// <summary>Gaps by the lower bound of their bucket, ms.</summary>
    public SortedDictionary<long, long> Gaps { get; } = [];

    /// <summary>Failures that were found by silence.</summary>
    public long Silences { get; private set; }

    /// <summary>The timeouts under which they were found, together.</summary>
    public TimeSpan Timeouts { get; private set; }

    /// <summary>From the last heartbeat to the verdict, together.</summary>
    public TimeSpan Silent { get; private set; }

    /// <summary>How many of them were found to be mistakes; null when nobody looked.</summary>
    public long? Mistakes { get; private set; }

    public static string SinceField(string kind) => $"{Since} {kind}";

    public static string GapField(int bucket, string kind) => string.Create(CultureInfo.InvariantCulture, $"{Gap}:{GapBuckets.Bounds[bucket]} {kind}");

    public static string FailedField(FailureReason reason, string kind) => $"{Failed}:{reason.ToWord()} {kind}";

    public static string TimeoutField(FailureReason reason, string kind) => $"{TimeoutMs}:{reason.ToWord()} {kind}";

    public static string SilentField(FailureReason reason, string kind) => $"{SilentMs}:{reason.ToWord()} {kind}";

    public static string MistakenField(FailureReason reason, string kind) => $"{Mistaken}:{reason.ToWord()} {kind}";

    /// <summary>The counters of all partitions by kind. A field that is none of these is left out.</summary>
    public static IReadOnlyDictionary<string, SilenceCounts> Read(IEnumerable<IReadOnlyDictionary<string, long>> partitions)
    {
        var kinds = new SortedDictionary<string, SilenceCounts>(StringComparer.Ordinal);
        foreach (var (field, number) in partitions.SelectMany(p => p))
        {
            var space = field.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0)
            {
                var kind = field[(space + 1)..];
                var counts = kinds.TryGetValue(kind, out var known) ? known : kinds[kind] = new SilenceCounts();
                var name = field[..space].Split(':');
                counts.Add(name[0], name.Length > 1 ? name[1] : "", number);
            }
        }

        return kinds;
    }

    private void Add(string what, string which, long number)
    {
        switch (what)
        {
            case Since:
                var since = DateTimeOffset.FromUnixTimeMilliseconds(number);
                CountedSince = CountedSince is { } earlier && earlier < since ? earlier : since;
                break;
            case Gap when long.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var lower):
                Gaps[lower] = Gaps.GetValueOrDefault(lower) + number;
                break;
            case Failed:
                Silences += number;
                break;
            case TimeoutMs:
                Timeouts += TimeSpan.FromMilliseconds(number);
                break;
            case SilentMs:
                Silent += TimeSpan.FromMilliseconds(number);
                break;
            case Mistaken:
                Mistakes = (Mistakes ?? 0) + number;
                break;
        }
    }
}
