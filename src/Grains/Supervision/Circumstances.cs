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

    /// <summary>The names of silos by host, for the log.</summary>
    public IReadOnlyDictionary<string, string> SiloNames { get; init; } = new Dictionary<string, string>();
}
