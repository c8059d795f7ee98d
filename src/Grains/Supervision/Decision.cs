namespace OrleansHealing.Supervision;

/// <summary>What the backend is to be told after a decision is committed.</summary>
internal enum BackendOrder
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Start the state's incarnation.</summary>
    Start,

    /// <summary>Stop the agent.</summary>
    Stop,
}

/// <summary>One decision: what to write, what to log, what to do.</summary>
internal sealed record Decision
{
    /// <summary>The next state; null to forget the agent.</summary>
    public required HealthState? Next { get; init; }

    /// <summary>What to log, oldest first.</summary>
    public IReadOnlyList<SupervisorAction> Actions { get; init; } = [];

    /// <summary>What to tell the backend once it is written.</summary>
    public BackendOrder Order { get; init; }

    /// <summary>The host that a start should not go to; null for none.</summary>
    public string? Avoid { get; init; }

    /// <summary>What to tell the person whose order this carries out; null for what is said of any.</summary>
    public string? Answer { get; init; }

    /// <summary>The first deadline of a new incarnation, or one that is put back.</summary>
    public DateTimeOffset? NewDeadline { get; init; }

    /// <summary>Right only while the deadline is not later than this.</summary>
    public DateTimeOffset? OnlyIfDeadlineAtMost { get; init; }

    /// <summary>Whether the next state's incarnation is one that was granted before and may still run.</summary>
    public bool GoesOn { get; init; }

    /// <summary>From the failure to the first beat after it, when this is a recovery from one.</summary>
    public TimeSpan? RecoveredAfter { get; init; }

    /// <summary>What it was made on, to be recorded with its actions.</summary>
    public DecisionInputs? Inputs { get; init; }
}
