namespace OrleansHealing.Heartbeats;

/// <summary>
/// The gaps between the accepted heartbeats of one incarnation, as its silence would be judged: from the time of one to the
/// moment at which the store had the next. Not for two callers at once.
/// </summary>
internal sealed class BeatGaps(SilenceRecorder recorder, SilenceRecorder.KindCounts counts, TimeSpan timeout)
{
    private const int SlowShare = 5;
    private long? _last;

    /// <summary>The store's time, ms; the same for all.</summary>
    public long Now => recorder.Now;

    /// <summary>The incarnation's first heartbeat was taken.</summary>
    public void Began(DateTimeOffset at) => _last = at.ToUnixTimeMilliseconds();

    /// <summary>The store took a heartbeat.</summary>
    /// <param name="beat">The heartbeat.</param>
    /// <param name="took">How long the store took to answer. When that is long, the supervisor holds its judgement, so it is no gap of the agent's.</param>
    /// <param name="now">The store's time, ms.</param>
    public void Accepted(in BeatEntry beat, TimeSpan took, long now)
    {
        if (_last is { } last && !beat.FollowsUnsent && took <= timeout / SlowShare)
        {
            counts.AddGap(now - last);
        }

        _last = beat.At;
    }

    /// <summary>The store was out of reach, when nobody is judged, or it does not know the incarnation.</summary>
    public void HeldUp() => _last = null;
}
