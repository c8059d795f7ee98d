using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>Sums up what a supervisor decided, stretch by stretch, for charts.</summary>
internal sealed class FleetSampler
{
    /// <summary>How long a stretch is at least.</summary>
    public static readonly TimeSpan Stretch = TimeSpan.FromSeconds(10);

    private readonly Times _detect = new();
    private readonly Times _recover = new();
    private TimeSpan? _beganAt;
    private long? _beats;
    private long _failures;
    private long _restarts;

    /// <summary>Notes what was committed.</summary>
    public void Note(Decision decision)
    {
        foreach (var action in decision.Actions)
        {
            _restarts += action.Action is ActionKind.Restarting ? 1 : 0;
            if (action.Action is ActionKind.Failed)
            {
                _failures++;
                _detect.Add(action.DetectSeconds);
            }
        }

        _recover.Add(decision.RecoveredAfter?.TotalSeconds);
    }

    /// <summary>Whether a stretch is over.</summary>
    public bool IsDue(TimeSpan monotonic)
    {
        _beganAt ??= monotonic;
        return monotonic - _beganAt >= Stretch;
    }

    /// <summary>Ends a stretch and begins the next.</summary>
    /// <param name="at">Now, in the store's time.</param>
    /// <param name="monotonic">Now, by the clock that nobody sets.</param>
    /// <param name="counts">How many agents of each status there are.</param>
    /// <param name="beats">Heartbeats accepted since the store was new.</param>
    public FleetSample Take(DateTimeOffset at, TimeSpan monotonic, IReadOnlyDictionary<AgentStatus, long> counts, long beats)
    {
        var sample = new FleetSample
        {
            At = at,
            Seconds = Math.Round((monotonic - (_beganAt ?? monotonic)).TotalSeconds, 3),
            ByStatus = counts.Where(c => c.Value > 0).ToDictionary(c => c.Key.ToWord(), c => c.Value, StringComparer.Ordinal),
            Failures = _failures,
            Restarts = _restarts,

            // In its first stretch a supervisor does not know what there was before; and a store may have been wiped.
            Beats = _beats is { } before && beats >= before ? beats - before : null,
            Detect = _detect.Take(),
            Recover = _recover.Take(),
        };
        (_failures, _restarts, _beats, _beganAt) = (0, 0, beats, monotonic);
        return sample;
    }

    private sealed class Times
    {
        private long _count;
        private double _sum;
        private double _max;

        public void Add(double? seconds)
        {
            if (seconds is { } s)
            {
                (_count, _sum, _max) = (_count + 1, _sum + Math.Max(0, s), Math.Max(_max, s));
            }
        }

        public SampledTimes? Take()
        {
            var taken = _count == 0 ? null : new SampledTimes(_count, Math.Round(_sum / _count, 4), Math.Round(_max, 4));
            (_count, _sum, _max) = (0, 0, 0);
            return taken;
        }
    }
}
