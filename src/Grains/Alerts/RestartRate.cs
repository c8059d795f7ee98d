namespace OrleansHealing.Alerts;

/// <summary>How many restarts a minute there were over the last five, in stretches of ten seconds.</summary>
/// <param name="limit">The most that there should be; 0 for any.</param>
internal sealed class RestartRate(double limit)
{
    /// <summary>Under this share of the limit it is over: a rate that sways around the limit is one condition.</summary>
    public const double CalmShare = 0.8;

    private const int Stretches = 30;
    private const double StretchSeconds = 10;
    private const double Minutes = Stretches * StretchSeconds / 60;

    private long? _first;
    private readonly long[] _counts = new long[Stretches];
    private long _stretch = -1;

    public double Limit { get; } = limit;

    /// <summary>Whether it has watched for as long as it counts over.</summary>
    public bool HasSeenAll => _stretch - _first >= Stretches;

    public void Note(TimeSpan at)
    {
        Turn(at);
        _counts[_stretch % Stretches]++;
    }

    public double At(TimeSpan at)
    {
        Turn(at);
        return _counts.Sum() / Minutes;
    }

    private void Turn(TimeSpan at)
    {
        var now = (long)(at.TotalSeconds / StretchSeconds);
        for (var passed = Math.Max(_stretch + 1, now - Stretches + 1); passed <= now; passed++)
        {
            _counts[passed % Stretches] = 0;
        }

        _first ??= now;
        _stretch = now;
    }
}
