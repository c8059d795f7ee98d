using OrleansHealing.Fleet;

namespace OrleansHealing.Supervision;

/// <summary>The rules that every policy number keeps, for options at start and for definitions that are spawned.</summary>
public static class PolicyRules
{
    private const double DaySeconds = 86_400;
    private const double WeekSeconds = 7 * DaySeconds;

    /// <summary>Every fault of <paramref name="policy"/>, each naming the property by its JSON path, the value and the rule.</summary>
    public static IEnumerable<Fault> Check(PolicySettings policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (policy.Restart is { } restart && !Enum.IsDefined(restart))
        {
            yield return new Fault("policy.restart", "must be permanent, transient or temporary");
        }

        if (policy.MaxRestarts is { } restarts && restarts is < 1 or > 1_000_000)
        {
            yield return new Fault("policy.maxRestarts", $"must be 1 to 1,000,000 (it is {restarts})");
        }

        if (policy.FailuresPerCheckpoint is { } perCheckpoint && perCheckpoint is < 1 or > 1_000_000)
        {
            yield return new Fault("policy.failuresPerCheckpoint", $"must be 1 to 1,000,000 (it is {perCheckpoint})");
        }

        (string Name, double? Value, double Min, double Max)[] spans =
        [
            ("heartbeatSeconds", policy.HeartbeatSeconds, 0.01, DaySeconds),
            ("timeoutSeconds", policy.TimeoutSeconds, 0.05, DaySeconds),
            ("progressTimeoutSeconds", policy.ProgressTimeoutSeconds, 0.05, DaySeconds),
            ("stableSeconds", policy.StableSeconds, 0, DaySeconds),
            ("startupSeconds", policy.StartupSeconds, 0.1, DaySeconds),
            ("stopSeconds", policy.StopSeconds, 0, DaySeconds),
            ("maxExpectedSilenceSeconds", policy.MaxExpectedSilenceSeconds, 1, WeekSeconds),
            ("backoff.baseSeconds", policy.Backoff?.BaseSeconds, 0, DaySeconds),
            ("backoff.maxSeconds", policy.Backoff?.MaxSeconds, 0, DaySeconds),
        ];
        foreach (var (name, value, min, max) in spans)
        {
            if (value is { } v && !(v >= min && v <= max))
            {
                yield return new Fault($"policy.{name}", $"must be {min} to {max:0} seconds (it is {v})");
            }
        }

        if (policy.Backoff?.Factor is { } factor && !(factor is >= 1 and <= 100))
        {
            yield return new Fault("policy.backoff.factor", $"must be 1 to 100 (it is {factor})");
        }

        if (policy.Backoff?.Jitter is { } jitter && !(jitter is >= 0 and <= 1))
        {
            yield return new Fault("policy.backoff.jitter", $"must be 0 to 1 (it is {jitter})");
        }
    }

    /// <summary>Every fault of numbers that are right one by one and wrong together.</summary>
    public static IEnumerable<Fault> Check(SupervisionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (policy.Timeout <= policy.Heartbeat)
        {
            yield return new Fault(
                "policy.timeoutSeconds",
                $"must be longer than the heartbeat ({policy.Heartbeat.TotalSeconds} s); five heartbeats are advised (it is {policy.Timeout.TotalSeconds} s)");
        }

        // Progress is told with the next heartbeat, so one of the two may be on its way.
        if (policy.ProgressTimeout is { } progress && progress < 2 * policy.Heartbeat)
        {
            yield return new Fault(
                "policy.progressTimeoutSeconds",
                $"must be at least two heartbeats of {policy.Heartbeat.TotalSeconds} s (it is {progress.TotalSeconds} s)");
        }

        // A body waits for the end of the one before it, which may take its whole grace.
        if (policy.StartupGrace <= policy.StopGrace)
        {
            yield return new Fault(
                "policy.startupSeconds",
                $"must be longer than the grace of a stop ({policy.StopGrace.TotalSeconds} s; it is {policy.StartupGrace.TotalSeconds} s)");
        }

        if (policy.Backoff.Max < policy.Backoff.Base)
        {
            yield return new Fault(
                "policy.backoff.maxSeconds",
                $"must not be shorter than the base ({policy.Backoff.Base.TotalSeconds} s; it is {policy.Backoff.Max.TotalSeconds} s)");
        }
    }
}
