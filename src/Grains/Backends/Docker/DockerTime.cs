using System.Globalization;

namespace OrleansHealing.Backends.Docker;

/// <summary>Docker says times as RFC 3339 with up to nine digits of a second, and asks for them in seconds since 1970. Pure.</summary>
internal static class DockerTime
{
    /// <summary>What it says.</summary>
    /// <returns>At most 100 ns earlier; the beginning of 1970 for what is no time, and for never.</returns>
    public static DateTimeOffset Read(string time)
    {
        // No clock here counts more than seven digits.
        var (begin, rest) = time.Split('.') is [var seconds, var fraction] ? (seconds, fraction) : (time, "");
        var digits = rest.Length - rest.AsSpan().TrimStart("0123456789").Length;
        var text = digits > 0 ? $"{begin}.{rest[..Math.Min(digits, 7)]}{rest[digits..]}" : time;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at > DateTimeOffset.UnixEpoch
            ? at
            : DateTimeOffset.UnixEpoch;
    }

    /// <summary>What it asks for.</summary>
    public static string Write(DateTimeOffset time)
    {
        var ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        return string.Create(CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerSecond}.{ticks % TimeSpan.TicksPerSecond:0000000}00");
    }

    /// <summary>
    /// A time that what a container said before is earlier than, and what it says since later: its first words are often older than the
    /// time at which Docker says that it was started.
    /// </summary>
    /// <param name="endedBefore">When it had last ended before.</param>
    /// <param name="startedAt">When it was started.</param>
    public static DateTimeOffset Between(string endedBefore, string startedAt)
    {
        var (ended, started) = (Read(endedBefore), Read(startedAt));
        return ended < started ? ended + ((started - ended) / 2) : started;
    }
}
