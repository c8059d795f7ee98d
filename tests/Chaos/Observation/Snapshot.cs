using System.Text.Json;

namespace OrleansHealing.Chaos.Observation;

/// <summary>
/// The store at one moment, read in one transaction from outside and put into the checker's own words. Nothing of the product
/// has a part in it but the names of keys and fields.
/// </summary>
internal sealed record Snapshot
{
    /// <summary>When, since the run began, by the observer's monotonic clock.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>When, by the store's clock.</summary>
    public required DateTimeOffset StoreNow { get; init; }

    public required IReadOnlyDictionary<string, StateSeen> States { get; init; }

    /// <summary>Who may beat: the members of the sorted set of deadlines.</summary>
    public required IReadOnlyList<DeadlineSeen> Deadlines { get; init; }

    public required IReadOnlyDictionary<string, BeatSeen> Beats { get; init; }

    /// <summary>Each agent's checkpoints, newest first.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<CheckpointSeen>> Checkpoints { get; init; }

    /// <summary>Actions that no snapshot before had, oldest first.</summary>
    public required IReadOnlyList<ActionSeen> NewActions { get; init; }

    /// <summary>Whether there may have been actions that no snapshot had: more were written between two than the list keeps.</summary>
    public bool HasLostActions { get; init; }

    /// <summary>Entries of each list and hash that has a limit, by key.</summary>
    public required IReadOnlyDictionary<string, long> Lengths { get; init; }

    /// <summary>Silos by their addresses, as registered now or before.</summary>
    public required IReadOnlyDictionary<string, SiloSeen> Silos { get; init; }

    /// <summary>The address of the supervisor's silo; null before its first round.</summary>
    public string? Supervisor { get; init; }

    /// <summary>When the supervisor last finished a round.</summary>
    public DateTimeOffset? LastRound { get; init; }

    /// <summary>What the product could not read.</summary>
    public IReadOnlyList<string> Malformed { get; init; } = [];
}

internal sealed record StateSeen(string Status, long Incarnation, int Failures, DateTimeOffset? NextRestartAt)
{
    /// <summary>Whether an incarnation has been granted that should be beating.</summary>
    public bool IsPromised => Status is "starting" or "healthy" or "restarting";
}

internal sealed record DeadlineSeen(string Agent, long Incarnation, DateTimeOffset At);

internal sealed record BeatSeen(long Incarnation, long Sequence, string Host, JsonElement? Progress);

internal sealed record CheckpointSeen(long Incarnation, long Sequence);

internal sealed record ActionSeen(string Id, DateTimeOffset At, string Agent, string Action, long Incarnation, string Reason, string Details, int Failures);

internal sealed record SiloSeen(string Name, int Pid);
