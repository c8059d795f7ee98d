using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>How one agent is supervised, with every number settled: the definition's over the kind's over the fleet's.</summary>
[GenerateSerializer, Immutable, Alias("healing.SupervisionPolicy")]
public sealed record SupervisionPolicy
{
    /// <summary>Whether it is started again when it ended.</summary>
    [Id(0)]
    public required RestartPolicy Restart { get; init; }

    /// <summary>The failure in a row that quarantines it.</summary>
    [Id(1)]
    public required int MaxRestarts { get; init; }

    /// <summary>Between two heartbeats.</summary>
    [Id(2), JsonPropertyName("heartbeatSeconds"), JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan Heartbeat { get; init; }

    /// <summary>Silence after which it has failed.</summary>
    [Id(3), JsonPropertyName("timeoutSeconds"), JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan Timeout { get; init; }

    /// <summary>Lack of progress after which it is stuck; null: never.</summary>
    [Id(4), JsonPropertyName("progressTimeoutSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? ProgressTimeout { get; init; }

    /// <summary>Health after which its failures in a row are forgotten.</summary>
    [Id(5), JsonPropertyName("stableSeconds"), JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan Stable { get; init; }

    /// <summary>From the grant of an incarnation to its first heartbeat.</summary>
    [Id(6), JsonPropertyName("startupSeconds"), JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan StartupGrace { get; init; }

    /// <summary>From cancellation until a body is abandoned.</summary>
    [Id(7), JsonPropertyName("stopSeconds"), JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan StopGrace { get; init; }

    /// <summary>The longest silence that an agent may announce.</summary>
    [Id(8), JsonPropertyName("maxExpectedSilenceSeconds"), JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan MaxExpectedSilence { get; init; }

    /// <summary>
    /// Failures in a row right after one checkpoint was loaded, with none saved since, until the agent is started from the one
    /// before it, and after as many more from nothing. No checkpoint is deleted.
    /// </summary>
    [Id(10)]
    public required int FailuresPerCheckpoint { get; init; }

    /// <summary>The wait between a failure and the restart.</summary>
    [Id(9)]
    public required Backoff Backoff { get; init; }
}
