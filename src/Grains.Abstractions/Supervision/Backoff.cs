using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>
/// Exponential backoff with jitter. Failure 1 restarts at once; failure n &gt; 1 waits <c>Base × Factor^(n-1)</c>, at most
/// <see cref="Max"/>, spread by ±<see cref="Jitter"/>. With the defaults: 0, 4, 8, 16, 32, 60, 60 s.
/// </summary>
[GenerateSerializer, Immutable, Alias("healing.Backoff")]
public readonly record struct Backoff
{
    /// <summary>The base wait; 2 s by default, zero waits never.</summary>
    [Id(0), JsonPropertyName("baseSeconds"), JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan Base { get; init; }

    /// <summary>What each further failure multiplies the wait by; at least 1, 2 by default.</summary>
    [Id(1)]
    public required double Factor { get; init; }

    /// <summary>The longest wait before jitter; 60 s by default.</summary>
    [Id(2), JsonPropertyName("maxSeconds"), JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan Max { get; init; }

    /// <summary>How far a wait is spread to both sides, as a share of it: 0 to 1, 0.1 by default.</summary>
    [Id(3)]
    public required double Jitter { get; init; }

    /// <summary>The wait before jitter after <paramref name="failures"/> failures in a row (1 or more).</summary>
    public TimeSpan DelayBeforeJitter(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        if (failures == 1 || Base <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        // In doubles, so that a large count overflows to infinity and is capped, not to a negative span.
        var seconds = Base.TotalSeconds * Math.Pow(Factor, failures - 1);
        return seconds >= Max.TotalSeconds ? Max : TimeSpan.FromSeconds(seconds);
    }

    /// <summary>The wait after <paramref name="failures"/> failures in a row.</summary>
    /// <param name="failures">1 or more.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    public TimeSpan Delay(int failures, double random) =>
        DelayBeforeJitter(failures) * (1 + (Jitter * ((2 * random) - 1)));
}
