using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>
/// The fleet's restarts in a row of turns: so many at once, then so many a second. Whoever comes is told when its turn is, so
/// nobody has to ask again. (The generic cell rate algorithm; ITU-T I.371.)
/// </summary>
internal sealed class RestartBudget(double perSecond, int burst)
{
    private readonly TimeSpan _interval = perSecond > 0 ? TimeSpan.FromSeconds(1 / perSecond) : TimeSpan.Zero;
    private DateTimeOffset _full = DateTimeOffset.MinValue;
    private DateTimeOffset _latest = DateTimeOffset.MinValue;

    /// <summary>Until when turns are taken; for a successor of this supervisor.</summary>
    public DateTimeOffset? TakenUntil => _full == DateTimeOffset.MinValue ? null : _full;

    /// <summary>Takes a turn.</summary>
    /// <returns>When it is: now, or later.</returns>
    public DateTimeOffset Take(DateTimeOffset now)
    {
        if (_interval == TimeSpan.Zero)
        {
            return now;
        }

        // A clock that went back would make everybody wait for as long as it went. Of turns that a predecessor took it is not known
        // whether it did; more than an hour's are not believed.
        var wentBack = _latest == DateTimeOffset.MinValue
            ? _full > now + (burst * _interval) + TimeSpan.FromHours(1)
            : _latest - now > StoreClock.StepThreshold;
        _full = (wentBack || _full < now ? now : _full) + _interval;
        _latest = now;
        var turn = _full - (burst * _interval);
        return turn > now ? turn : now;
    }

    /// <summary>How long who came now would wait.</summary>
    public TimeSpan WaitAt(DateTimeOffset now)
    {
        var wait = (_full < now ? now : _full) + _interval - (burst * _interval) - now;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    /// <summary>Begins anew: the clock stepped, so what was taken says nothing.</summary>
    public void Restart(DateTimeOffset now) => (_full, _latest) = (_full == DateTimeOffset.MinValue ? _full : now, now);

    /// <summary>Goes on where a supervisor before this one was.</summary>
    public void Resume(DateTimeOffset takenUntil) => (_full, _latest) = takenUntil > _full ? (takenUntil, DateTimeOffset.MinValue) : (_full, _latest);
}
