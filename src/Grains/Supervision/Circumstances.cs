using System.Text.Json.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>What a decision depends on beside the agent's own records.</summary>
internal sealed record Circumstances
{
    /// <summary>The store's time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Uniform in [0, 1): for jitter and ids.</summary>
    public required double Random { get; init; }

    /// <summary>Since when every agent could be heard: after an outage of the store or a stall of the supervisor, its end. Silence before it proves nothing.</summary>
    public DateTimeOffset HeardSince { get; init; } = DateTimeOffset.MinValue;

    /// <summary>What a new incarnation must be greater than, whatever the agent's last was: the store lost grants up to it. 0 for nothing.</summary>
    public long IncarnationFloor { get; init; }

    /// <summary>Hosts that the cluster's membership declared dead.</summary>
    public IReadOnlySet<string> DeadHosts { get; init; } = new HashSet<string>();

    /// <summary>Hosts of which not one agent was heard of for most of its timeout, although others' were: the host fell silent, not the agents.</summary>
    public IReadOnlySet<string> SilentHosts { get; init; } = new HashSet<string>();

    /// <summary>When a restart may be, as the fleet's limit has it, and which limit that is; null for at once.</summary>
    public (DateTimeOffset At, string Limit)? RestartTurn { get; init; }

    /// <summary>What keeps a restart from being granted now, beyond the agent's own backoff; null for nothing.</summary>
    public RestartGate? Gate { get; init; }

    /// <summary>Whether a restart that is granted now is alone on trial.</summary>
    public bool IsTrial { get; init; }

    /// <summary>How long a canary, or an agent on trial, must be healthy before others follow it.</summary>
    public TimeSpan Probation { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What agents that were told to wait for the same thing share; null for one that is alone with it.</summary>
    public BreakerState? Breaker { get; init; }

    /// <summary>Failures in a row on one silo after which an agent is started on another.</summary>
    public int FailuresPerSilo { get; init; } = 3;

    /// <summary>The standing order that covers the agent and is not over; null when none does.</summary>
    public MaintenanceOrder? Maintenance { get; init; }

    /// <summary>The names of silos by host, for the log.</summary>
    public IReadOnlyDictionary<string, string> SiloNames { get; init; } = new Dictionary<string, string>();

    /// <summary>What is told of the rules that are looked at; null when nobody asks. Decides nothing.</summary>
    [JsonIgnore]
    public DecisionTrace? Trace { get; init; }
}
