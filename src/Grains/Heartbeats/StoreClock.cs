using Microsoft.Extensions.Logging;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// The store's time, followed by a measured offset on this host's monotonic clock, so that neither a step of a wall clock nor
/// two machines' disagreement can make a deadline early or late. An offset is known to half the round trip of its sample.
/// </summary>
internal sealed partial class StoreClock(TimeProvider time, ILogger<StoreClock> logger)
{
    /// <summary>A change of the offset by more than this, beyond what the round trip explains, is a step of the store's clock.</summary>
    public static readonly TimeSpan StepThreshold = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private Sample? _sample;
    private TimeSpan? _lastStepAt;
    private long _steppedTicks;
    private long _heardTicks = -1;

    /// <summary>Whether the store was ever asked.</summary>
    public bool IsSynchronized => Volatile.Read(ref _sample) is not null;

    /// <summary>The store's time now.</summary>
    /// <exception cref="InvalidOperationException">The store was never asked.</exception>
    public DateTimeOffset Now => (Volatile.Read(ref _sample) ?? throw new InvalidOperationException("The store's time is not known yet.")).Epoch + Monotonic;

    /// <summary>When the store's clock was last seen to step, on <see cref="Monotonic"/>; null if never.</summary>
    public TimeSpan? LastStepAt
    {
        get
        {
            lock (_lock)
            {
                return _lastStepAt;
            }
        }
    }

    /// <summary>When the store last answered the question for its time, on <see cref="Monotonic"/>; null if never.</summary>
    public TimeSpan? HeardAt => Volatile.Read(ref _heardTicks) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>How far the store's clock stepped in all, as far as this host has seen; what was noted in its time before is that much off.</summary>
    public TimeSpan Stepped => TimeSpan.FromTicks(Volatile.Read(ref _steppedTicks));

    /// <summary>This host's monotonic time since the clock was made.</summary>
    public TimeSpan Monotonic => time.GetElapsedTime(_origin);

    /// <summary>
    /// Takes one measurement: the store said <paramref name="storeTime"/> to a question asked at <paramref name="sent"/> and
    /// answered at <paramref name="received"/> (both on <see cref="Monotonic"/>).
    /// </summary>
    public void Observe(DateTimeOffset storeTime, TimeSpan sent, TimeSpan received)
    {
        Volatile.Write(ref _heardTicks, received.Ticks);
        var error = (received - sent) / 2;
        var epoch = storeTime - (sent + error);
        lock (_lock)
        {
            if (_sample is not { } current)
            {
                Volatile.Write(ref _sample, new Sample(epoch, error, received));
                return;
            }

            var moved = (epoch - current.Epoch).Duration();
            if (moved > StepThreshold + error + current.Error)
            {
                _lastStepAt = received;
                LogStep(logger, (epoch - current.Epoch).TotalSeconds);
                Volatile.Write(ref _sample, new Sample(epoch, error, received));
                Volatile.Write(ref _steppedTicks, _steppedTicks + (epoch - current.Epoch).Ticks);
                return;
            }

            // Keep the sample with the least doubt; doubt grows as clocks drift apart, 100 ppm being a poor crystal.
            var doubt = current.Error + ((received - current.At) * 1e-4);
            if (error <= doubt)
            {
                Volatile.Write(ref _sample, new Sample(epoch, error, received));
            }
        }
    }

    private sealed record Sample(DateTimeOffset Epoch, TimeSpan Error, TimeSpan At);

    [LoggerMessage(1010, LogLevel.Warning, "The store's clock stepped by {Seconds} s; every agent gets a full timeout before it is judged by silence")]
    private static partial void LogStep(ILogger logger, double seconds);
}
