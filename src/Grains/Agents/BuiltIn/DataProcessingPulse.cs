namespace OrleansHealing.Agents.BuiltIn;

/// <summary>Beats the progress of one incarnation about once a heartbeat, and crashes it at a beat where its settings say so.</summary>
internal sealed class DataProcessingPulse(AgentContext context, DataProcessingSettings settings, TextTally tally)
{
    private readonly TimeProvider _time = context.TimeProvider;
    private long _last = context.TimeProvider.GetTimestamp();
    private long _beats;

    /// <summary>How long until the next beat is due; zero when it is overdue.</summary>
    public TimeSpan UntilNext
    {
        get
        {
            var left = context.Policy.Heartbeat - _time.GetElapsedTime(_last);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Shows the progress without a beat being due: at the start and at the end, where no crash is played.</summary>
    public void Show() => context.Beat(tally.ToProgress());

    /// <summary>Beats if a heartbeat has passed since the last one.</summary>
    /// <exception cref="InvalidOperationException">The settings ask for a crash at this beat.</exception>
    public void BeatIfDue()
    {
        if (_time.GetElapsedTime(_last) < context.Policy.Heartbeat)
        {
            return;
        }

        _last = _time.GetTimestamp();
        Show();
        _beats++;
        if (_beats == settings.CrashAfterHeartbeats)
        {
            throw new InvalidOperationException($"Crashed as asked, after {_beats} heartbeats (crashAfterHeartbeats).");
        }

        if (settings.CrashProbability > 0 && context.Random.NextDouble() < settings.CrashProbability)
        {
            throw new InvalidOperationException($"Crashed as asked, by chance at heartbeat {_beats} (crashProbability {settings.CrashProbability}).");
        }
    }
}
