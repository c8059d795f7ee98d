using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Heartbeats;

/// <summary>One decision to write, whole or not at all.</summary>
internal sealed record CommitRequest
{
    /// <summary>What the decision was made on. Its state's text must still stand in the store.</summary>
    public required AgentSnapshot Before { get; init; }

    /// <summary>The next state; null to forget the agent.</summary>
    public required HealthState? Next { get; init; }

    /// <summary>The new incarnation's first deadline, or one to be put back; null when deadlines are left to heartbeats.</summary>
    public DateTimeOffset? NewDeadline { get; init; }

    /// <summary>The decision is right only while the old incarnation's deadline is not later than this; null: whatever it is.</summary>
    public DateTimeOffset? OnlyIfDeadlineAtMost { get; init; }

    /// <summary>The definition of a new agent.</summary>
    public AgentDefinition? Definition { get; init; }

    /// <summary>Whether the incarnation of <see cref="Next"/> is one that runs already, so that nothing is granted.</summary>
    public bool GoesOn { get; init; }

    /// <summary>What the store was last known by; a number is only granted in a store that has lost nothing since. Null to grant in any.</summary>
    public StoreMark? Known { get; init; }

    /// <summary>Whether a number is granted.</summary>
    public bool Grants => Next is not null && !GoesOn && Next.Incarnation != Before.State.Value?.Incarnation;

    /// <summary>Told how many numbers were granted in the store, once this has granted one.</summary>
    public Action<long>? Granted { get; init; }

    /// <summary>Other agents of whom something may be to be decided because of this.</summary>
    public IReadOnlyList<AgentId> AlsoLookAt { get; init; } = [];

    /// <summary>What to log, oldest first.</summary>
    public required IReadOnlyList<SupervisorAction> Actions { get; init; }

    /// <summary>From the failure to the first beat after it, when this is a recovery from one.</summary>
    public TimeSpan? RecoveredAfter { get; init; }

    /// <summary>What the decision was made on; recorded when there are actions. Null when it is not known.</summary>
    public DecisionInputs? Inputs { get; init; }
}

/// <summary>How a commit ended.</summary>
internal enum CommitOutcome
{
    /// <summary>Another supervisor changed the state first.</summary>
    Conflict = 0,

    /// <summary>Written.</summary>
    Done = 1,

    /// <summary>The agent was heard of after the decision's evidence was read.</summary>
    HeardSince = -1,

    /// <summary>The store lost writes, or a number would be granted that it may have granted before; what is known of it must be looked at anew.</summary>
    Lost = -2,
}
