using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>
/// When a large share of the fleet falls silent at once and no silo is to blame, the detector is distrusted: everybody gets one
/// more timeout, and whoever is still silent then is restarted slowly.
/// </summary>
internal sealed class PanicGuard(HealingOptions options)
{
    private readonly RestartBudget _slow = new(options.PanicRestartsPerSecond, 1);

    /// <summary>Whether it is on.</summary>
    public bool IsOn => LastSeen is not null;

    /// <summary>When too many were last silent; null when it is off.</summary>
    public DateTimeOffset? LastSeen { get; private set; }

    /// <summary>Whether so many silent ones are too many to be true.</summary>
    public static bool IsMany(long silent, long promised, HealingOptions options) =>
        options.PanicShare < 1 && silent >= options.PanicLeast && silent >= promised * options.PanicShare;

    /// <summary>Notes how many are silent of how many that should beat.</summary>
    /// <returns>Whether this is the beginning of a panic.</returns>
    public bool Note(long silent, long promised, DateTimeOffset now)
    {
        if (IsMany(silent, promised, options))
        {
            var isNew = LastSeen is null;
            LastSeen = now;
            return isNew;
        }

        // Those that were restarted slowly are not silent any more; it is over once few have been for two timeouts.
        if (LastSeen is { } last && (now - last).Duration() > 2 * options.Timeout)
        {
            LastSeen = null;
        }

        return false;
    }

    /// <summary>Goes on where the guard of a supervisor before this one was.</summary>
    public void Resume(DateTimeOffset lastSeen) => LastSeen = lastSeen;

    /// <summary>How long the next of the silent ones waits for its restart.</summary>
    public TimeSpan WaitAt(DateTimeOffset now) => _slow.WaitAt(now);

    /// <summary>When the next of the silent ones may be restarted.</summary>
    public DateTimeOffset Take(DateTimeOffset now) => _slow.Take(now);
}
