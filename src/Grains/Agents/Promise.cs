using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>
/// What one incarnation promises: works out each heartbeat's deadline and whether its record is news. Being alive moves the
/// deadline by the timeout; where a progress timeout is set, never beyond what the last progress or an announced silence allows,
/// so that lack of progress comes out as a missed deadline without anybody watching for it.
/// </summary>
internal sealed class Promise(long incarnation, string host, SupervisionPolicy policy)
{
    private const int MaxSilences = 64;

    private readonly Lock _lock = new();
    private JsonText? _progress;
    private DateTimeOffset? _progressAt;
    private readonly List<Silence> _silences = [];
    private CheckpointUse? _checkpoint;
    private bool _isNews = true;
    private long _sequence;

    /// <summary>When the body last got on; null if never.</summary>
    public DateTimeOffset? GotOnAt
    {
        get
        {
            lock (_lock)
            {
                return _progressAt;
            }
        }
    }

    /// <summary>The body got on; <paramref name="progress"/> null leaves what was shown last.</summary>
    public void GotOn(DateTimeOffset now, JsonText? progress)
    {
        lock (_lock)
        {
            _isNews |= (progress is not null && progress != _progress) || policy.ProgressTimeout is not null;
            _progress = progress ?? _progress;
            _progressAt = now;
        }
    }

    /// <summary>The body announced silence. Several at once hold until the latest of them ends.</summary>
    public Silence ExpectSilence(DateTimeOffset now, TimeSpan span)
    {
        var silence = new Silence(now + (span > policy.MaxExpectedSilence ? policy.MaxExpectedSilence : span));
        lock (_lock)
        {
            if (_silences.Count == MaxSilences)
            {
                // Announced and never ended, over and over: the one that ends first matters least.
                _silences.Remove(_silences.MinBy(s => s.Until)!);
            }

            _silences.Add(silence);
            _progressAt = now;
            _isNews = true;
        }

        return silence;
    }

    /// <summary>The announced silence is over; the call that it covered was progress. Ending it twice changes nothing.</summary>
    public void EndSilence(Silence silence, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_silences.Remove(silence))
            {
                _progressAt = now;
                _isNews = true;
            }
        }
    }

    /// <summary>The body loaded a checkpoint, or saved one.</summary>
    public void UsedCheckpoint(CheckpointUse use)
    {
        lock (_lock)
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
        lock (_lock)
        {
            var silentUntil = SilentUntil();
            var deadline = now + policy.Timeout;
            if (policy.ProgressTimeout is { } progressTimeout)
            {
                _progressAt ??= now;
                var limit = _progressAt.Value + progressTimeout;
                limit = silentUntil > limit ? silentUntil.Value : limit;
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
                SilentUntil = silentUntil,
                Host = host,
                Progress = _progress,
                ProgressAt = _progressAt,
                Checkpoint = _checkpoint,
            });
        }
    }

    private DateTimeOffset? SilentUntil() => _silences.Count == 0 ? null : _silences.Max(s => s.Until);

    /// <summary>One announced silence.</summary>
    /// <param name="until">When it is over at the latest.</param>
    public sealed class Silence(DateTimeOffset until)
    {
        public DateTimeOffset Until { get; } = until;
    }
}
