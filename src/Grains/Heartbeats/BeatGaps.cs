namespace OrleansHealing.Heartbeats;

/// <summary>
/// The gaps between the accepted heartbeats of one incarnation, as its silence would be judged: from the time of one to the
/// moment at which the store had the next. Not for two callers at once.
/// </summary>
internal sealed class BeatGaps(SilenceRecorder recorder, SilenceRecorder.KindCounts counts, TimeSpan timeout)
{
    private const int SlowShare = 5;
    private readonly long _timeout = (long)timeout.TotalMilliseconds;
    private long? _last;

    /// <summary>The store took a heartbeat.</summary>
    /// <param name="at">Its time, ms.</param>
    /// <param name="deadline">What it promises, ms. After any other promise than the timeout the next gap says nothing about the timeout.</param>
    /// <param name="took">How long the store took to answer. When that is long, the supervisor holds its judgement, so it is no gap of the agent's.</param>
    public void Accepted(long at, long deadline, TimeSpan took)
    {
        if (_last is { } last && took <= timeout / SlowShare)
        {
            counts.AddGap(recorder.Now - last);
        }

        _last = deadline - at == _timeout ? at : null;
    }

    /// <summary>The store was out of reach, when nobody is judged.</summary>
    public void HeldUp() => _last = null;
}
