namespace OrleansHealing.Agents.BuiltIn;

/// <summary>
/// Spreads lines evenly over time: line n is due n / rate seconds after the start. Who fell behind by more than
/// <see cref="MaxCatchUp"/> (a frozen process, a slow store) goes on at the rate and does not make up for it in a burst.
/// </summary>
/// <param name="linesPerSecond">The rate; 0 for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class LinePacer(double linesPerSecond, TimeProvider time)
{
    public static readonly TimeSpan MaxCatchUp = TimeSpan.FromSeconds(1);

    // Shorter waits end in timer noise; at high rates lines come in groups of this length.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);

    private long _start = time.GetTimestamp();
    private long _taken;

    /// <summary>How many lines are due now, at most <paramref name="max"/>.</summary>
    public int Due(int max)
    {
        if (linesPerSecond <= 0)
        {
            return max;
        }

        var elapsed = time.GetElapsedTime(_start).TotalSeconds;
        if (elapsed - ((_taken + 1) / linesPerSecond) > MaxCatchUp.TotalSeconds)
        {
            // One line is due now, the next one a full step later.
            _start = time.GetTimestamp();
            _taken = -1;
            return 1;
        }

        return (int)Math.Clamp(Math.Floor(elapsed * linesPerSecond) - _taken, 0, max);
    }

    /// <summary>Notes that lines were taken.</summary>
    public void Take(long lines) => _taken += lines;

    /// <summary>How long to wait for the next line, or for the next group of lines; never longer than <paramref name="max"/>.</summary>
    public TimeSpan Wait(TimeSpan max)
    {
        var left = ((_taken + 1) / linesPerSecond) - time.GetElapsedTime(_start).TotalSeconds;
        var wait = Math.Min(Math.Max(left, ShortestWait.TotalSeconds), max.TotalSeconds);

        // A delay counts whole milliseconds: rounded down to none of them, it would be a spin.
        return TimeSpan.FromMilliseconds(Math.Ceiling(wait * 1000));
    }
}
