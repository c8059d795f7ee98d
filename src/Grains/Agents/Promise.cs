using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>
/// What one incarnation promises: works out each heartbeat's deadline and whether its record is news. Being alive moves the
/// deadline by the timeout; where a progress timeout is set, never beyond what the last progress or an announced silence allows and
/// the host needs to give up the body, so that lack of progress comes out as a missed deadline even if nobody watches for it.
/// </summary>
/// <param name="incarnation">The incarnation that promises.</param>
/// <param name="host">Where it is.</param>
/// <param name="policy">How it is supervised.</param>
/// <param name="stepped">How far the store's clock has stepped in all; null where that is of no matter.</param>
internal sealed class Promise(long incarnation, string host, SupervisionPolicy policy, Func<TimeSpan>? stepped = null)
{
    private const int MaxSilences = 64;

    // It is its own lock, and makes a list when there is something in it: at each heartbeat of a hundred thousand agents every object
    // that has to be looked at is waited for.
    private readonly bool _isWatched = policy.ProgressTimeout is not null;
    private readonly TimeSpan _timeout = policy.Timeout;
    private List<Silence>? _silences;
    private JsonText? _progress;
    private DateTimeOffset? _progressAt;
    private CheckpointUse? _checkpoint;
    private bool _isNews = true;
    private DateTimeOffset? _gaveWayAt;
    private int _stuckLooks;
    private TimeSpan _stepped = stepped?.Invoke() ?? TimeSpan.Zero;
    private long _sequence;

    /// <summary>
    /// What a deadline leaves beyond the progress timeout: two looks of its host, the grace of a step, and one heartbeat for their
    /// lateness. Only then has nobody climbed the ladder.
    /// </summary>
    public static TimeSpan Room(SupervisionPolicy policy) => (3 * policy.Heartbeat) + policy.StopGrace;

    /// <summary>Whether the last that was heard of progress is a step that gave way.</summary>
    public bool HasGivenWay
    {
        get
        {
            lock (this)
            {
                return _gaveWayAt is not null;
            }
        }
    }

    /// <summary>When the body last got on; null if never.</summary>
    public DateTimeOffset? GotOnAt
    {
        get
        {
            lock (this)
            {
                return _progressAt;
            }
        }
    }

    /// <summary>When no progress will have been heard for too long, or was; null when none is asked for.</summary>
    public DateTimeOffset? StuckSince
    {
        get
        {
            lock (this)
            {
                FollowClock();
                return StuckAt();
            }
        }
    }

    /// <summary>The body is about to begin: before that it could not get on, however long its first heartbeat takes to arrive.</summary>
    public void Begin(DateTimeOffset now)
    {
        lock (this)
        {
            FollowClock();
            _progressAt = _isWatched ? now : null;
        }
    }

    /// <summary>The body got on; <paramref name="progress"/> null leaves what was shown last.</summary>
    public void GotOn(DateTimeOffset now, JsonText? progress)
    {
        lock (this)
        {
            FollowClock();
            _isNews |= (progress is not null && progress != _progress) || _isWatched;
            _progress = progress ?? _progress;
            _progressAt = now;
            _gaveWayAt = null;
        }
    }

    /// <summary>A step was cancelled for lack of progress, and ended: the body has as much time again, but it did not get on.</summary>
    public void GaveWay(DateTimeOffset now)
    {
        lock (this)
        {
            FollowClock();
            _gaveWayAt = now;
        }
    }

    /// <summary>
    /// Asked once each heartbeat: whether no progress was heard for too long, at two looks in a row. After a stall of the whole
    /// process the first is too early: the body had no time either.
    /// </summary>
    public bool IsStuck(DateTimeOffset now)
    {
        if (!_isWatched)
        {
            return false;
        }

        lock (this)
        {
            FollowClock();
            LetNothingBeAhead(now);
            _stuckLooks = StuckAt() is { } at && at <= now ? _stuckLooks + 1 : 0;
            return _stuckLooks > 1;
        }
    }

    /// <summary>The body announced silence. Several at once hold until the latest of them ends.</summary>
    public Silence ExpectSilence(DateTimeOffset now, TimeSpan span)
    {
        var silence = new Silence(now + (span > policy.MaxExpectedSilence ? policy.MaxExpectedSilence : span));
        lock (this)
        {
            FollowClock();
            _silences ??= [];
            if (_silences.Count == MaxSilences)
            {
                // Announced and never ended, over and over: the one that ends first matters least.
                _silences.Remove(_silences.MinBy(s => s.Until)!);
            }

            // That it is announced is no progress; that it ends is.
            _silences.Add(silence);
            _progressAt ??= now;
            _isNews = true;
        }

        return silence;
    }

    /// <summary>The announced silence is over; the call that it covered was progress. Ending it twice changes nothing.</summary>
    public void EndSilence(Silence silence, DateTimeOffset now)
    {
        lock (this)
        {
            FollowClock();
            if (_silences?.Remove(silence) is true)
            {
                _progressAt = now;
                _isNews = true;
            }
        }
    }

    /// <summary>The body loaded a checkpoint, or saved one.</summary>
    public void UsedCheckpoint(CheckpointUse use)
    {
        lock (this)
        {
            // Whoever has saved one is past what was loaded.
            if (_checkpoint is not CheckpointUse.Saved && _checkpoint != use)
            {
                _checkpoint = use;
                _isNews = true;
            }
        }
    }

    /// <summary>The next heartbeat.</summary>
    /// <param name="now">The store's time.</param>
    /// <param name="force">Give the record even if it is no news.</param>
    public (DateTimeOffset Deadline, Heartbeat? Record) Next(DateTimeOffset now, bool force = false)
    {
        lock (this)
        {
            FollowClock();
            var deadline = now + _timeout;
            if (_isWatched)
            {
                _progressAt ??= now;
                LetNothingBeAhead(now);
                var limit = StuckAt()!.Value + Room(policy);
                deadline = limit < deadline ? limit : deadline;
            }

            if (!_isNews && !force)
            {
                return (deadline, null);
            }

            _isNews = false;
            return (deadline, new Heartbeat
            {
                Incarnation = incarnation,
                Sequence = ++_sequence,
                At = now,
                PromiseSeconds = policy.Timeout.TotalSeconds,
                SilentUntil = SilentUntil(),
                Host = host,
                Progress = _progress,
                ProgressAt = _progressAt,
                Checkpoint = _checkpoint,
            });
        }
    }

    /// <summary>Progress and announced silences lie as far back, and ahead, after a step of the store's clock as before it.</summary>
    private void FollowClock()
    {
        var by = (stepped?.Invoke() ?? TimeSpan.Zero) - _stepped;
        if (by != TimeSpan.Zero)
        {
            _stepped += by;
            (_progressAt, _gaveWayAt) = (_progressAt + by, _gaveWayAt + by);
            _silences?.ForEach(s => s.Until += by);
            _isNews |= _isWatched;
        }
    }

    /// <summary>What was noted right while the clock was set back.</summary>
    private void LetNothingBeAhead(DateTimeOffset now)
    {
        _progressAt = _progressAt > now ? now : _progressAt;
        _gaveWayAt = _gaveWayAt > now ? now : _gaveWayAt;
    }

    private DateTimeOffset? StuckAt()
    {
        if (policy.ProgressTimeout is not { } limit || _progressAt is not { } since)
        {
            return null;
        }

        var at = (_gaveWayAt > since ? _gaveWayAt.Value : since) + limit;
        return SilentUntil() is { } until && until > at ? until : at;
    }

    private DateTimeOffset? SilentUntil() => _silences is not { Count: > 0 } ? null : _silences.Max(s => s.Until);

    /// <summary>One announced silence.</summary>
    /// <param name="until">When it is over at the latest.</param>
    public sealed class Silence(DateTimeOffset until)
    {
        public DateTimeOffset Until { get; set; } = until;
    }
}
