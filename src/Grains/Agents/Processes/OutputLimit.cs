namespace OrleansHealing.Agents.Processes;

/// <summary>So many lines a second, and no more; what is left out is counted. Safe to use from any thread.</summary>
internal sealed class OutputLimit(int perSecond, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private long _began = time.GetTimestamp();
    private int _taken;
    private long _omitted;

    /// <summary>The limit.</summary>
    public int PerSecond => perSecond;

    /// <summary>Whether there is room for one more.</summary>
    public bool Takes()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_began) >= Window)
            {
                (_began, _taken) = (time.GetTimestamp(), 0);
            }

            if (_taken < perSecond)
            {
                _taken++;
                return true;
            }

            _omitted++;
            return false;
        }
    }

    /// <summary>How many were left out since it was asked last.</summary>
    public long TakeOmitted()
    {
        lock (_lock)
        {
            var omitted = _omitted;
            _omitted = 0;
            return omitted;
        }
    }
}
