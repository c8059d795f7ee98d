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
    private readonly Lock _lock = new();
    private JsonText? _progress;
    private DateTimeOffset? _progressAt;
    private DateTimeOffset? _silentUntil;
    private bool _isNews = true;
    private long _sequence;

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

    /// <summary>The body announced silence; null ends it.</summary>
    public void ExpectSilence(DateTimeOffset now, TimeSpan? span)
    {
        lock (_lock)
        {
            var limit = span > policy.MaxExpectedSilence ? policy.MaxExpectedSilence : span;
            _silentUntil = now + limit;
            _progressAt = now;
            _isNews = true;
        }
    }

    /// <summary>The next heartbeat.</summary>
    /// <param name="now">The store's time.</param>
    /// <param name="force">Give the record even if it is no news.</param>
    public (DateTimeOffset Deadline, Heartbeat? Record) Next(DateTimeOffset now, bool force = false)
    {
        lock (_lock)
        {
            var deadline = now + policy.Timeout;
            if (policy.ProgressTimeout is { } progressTimeout)
            {
                _progressAt ??= now;
                var limit = _progressAt.Value + progressTimeout;
                limit = _silentUntil > limit ? _silentUntil.Value : limit;
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
                SilentUntil = _silentUntil,
                Host = host,
                Progress = _progress,
                ProgressAt = _progressAt,
            });
        }
    }
}
