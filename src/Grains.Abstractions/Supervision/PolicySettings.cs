using System.Text.Json.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>
/// The <c>policy</c> of a definition: what is set replaces the kind's or the fleet's value, what is not is left to them.
/// Durations are in seconds, as everywhere in JSON.
/// </summary>
[GenerateSerializer, Immutable, Alias("healing.PolicySettings")]
public sealed record PolicySettings
{
    /// <inheritdoc cref="SupervisionPolicy.Restart"/>
    [Id(0), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RestartPolicy? Restart { get; init; }

    /// <inheritdoc cref="SupervisionPolicy.MaxRestarts"/>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxRestarts { get; init; }

    /// <inheritdoc cref="SupervisionPolicy.Heartbeat"/>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HeartbeatSeconds { get; init; }

    /// <inheritdoc cref="SupervisionPolicy.Timeout"/>
    [Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TimeoutSeconds { get; init; }

    /// <inheritdoc cref="SupervisionPolicy.ProgressTimeout"/>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ProgressTimeoutSeconds { get; init; }

    /// <inheritdoc cref="SupervisionPolicy.Stable"/>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StableSeconds { get; init; }

    /// <inheritdoc cref="SupervisionPolicy.StartupGrace"/>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StartupSeconds { get; init; }

    /// <inheritdoc cref="SupervisionPolicy.StopGrace"/>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StopSeconds { get; init; }

    /// <inheritdoc cref="SupervisionPolicy.MaxExpectedSilence"/>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MaxExpectedSilenceSeconds { get; init; }

    /// <inheritdoc cref="SupervisionPolicy.FailuresPerCheckpoint"/>
    [Id(10), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? FailuresPerCheckpoint { get; init; }

    /// <inheritdoc cref="SupervisionPolicy.Backoff"/>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackoffSettings? Backoff { get; init; }

    /// <summary>These settings over <paramref name="fallback"/>. Values are taken as they are; check them first with <see cref="PolicyRules"/>.</summary>
    public SupervisionPolicy Over(SupervisionPolicy fallback)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        return fallback with
        {
            Restart = Restart ?? fallback.Restart,
            MaxRestarts = MaxRestarts ?? fallback.MaxRestarts,
            Heartbeat = Seconds(HeartbeatSeconds) ?? fallback.Heartbeat,
            Timeout = Seconds(TimeoutSeconds) ?? fallback.Timeout,
            ProgressTimeout = Seconds(ProgressTimeoutSeconds) ?? fallback.ProgressTimeout,
            Stable = Seconds(StableSeconds) ?? fallback.Stable,
            StartupGrace = Seconds(StartupSeconds) ?? fallback.StartupGrace,
            StopGrace = Seconds(StopSeconds) ?? fallback.StopGrace,
            MaxExpectedSilence = Seconds(MaxExpectedSilenceSeconds) ?? fallback.MaxExpectedSilence,
            FailuresPerCheckpoint = FailuresPerCheckpoint ?? fallback.FailuresPerCheckpoint,
            Backoff = fallback.Backoff with
            {
                Base = Seconds(Backoff?.BaseSeconds) ?? fallback.Backoff.Base,
                Factor = Backoff?.Factor ?? fallback.Backoff.Factor,
                Max = Seconds(Backoff?.MaxSeconds) ?? fallback.Backoff.Max,
                Jitter = Backoff?.Jitter ?? fallback.Backoff.Jitter,
            },
        };
    }

    private static TimeSpan? Seconds(double? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}

/// <summary>The <c>backoff</c> of a policy in JSON.</summary>
[GenerateSerializer, Immutable, Alias("healing.BackoffSettings")]
public sealed record BackoffSettings
{
    /// <inheritdoc cref="Backoff.Base"/>
    [Id(0), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BaseSeconds { get; init; }

    /// <inheritdoc cref="Backoff.Factor"/>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Factor { get; init; }

    /// <inheritdoc cref="Backoff.Max"/>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MaxSeconds { get; init; }

    /// <inheritdoc cref="Backoff.Jitter"/>
    [Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Jitter { get; init; }
}
