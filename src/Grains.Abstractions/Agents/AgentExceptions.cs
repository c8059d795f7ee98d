namespace OrleansHealing.Agents;

/// <summary>Thrown by an agent's body: no restart can help (a wrong key, a missing file). The agent is quarantined at once.</summary>
public sealed class FatalAgentException : Exception
{
    /// <summary>Gives up, saying why.</summary>
    public FatalAgentException(string message)
        : base(message)
    {
    }

    /// <summary>Gives up, saying why, with the cause.</summary>
    public FatalAgentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// Thrown by an agent's body that was told to wait (a 429 with Retry-After): it is started again after
/// <see cref="RetryAfter"/>, and the failure uses up none of its crash budget.
/// </summary>
public sealed class RetryAfterException : Exception
{
    private const int MaxResourceLength = 200;

    /// <summary>Waits for <paramref name="retryAfter"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The wait is negative or longer than a week.</exception>
    public RetryAfterException(string message, TimeSpan retryAfter, Exception? innerException = null)
        : base(message, innerException)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(retryAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(retryAfter, TimeSpan.FromDays(7));
        RetryAfter = retryAfter;
    }

    /// <summary>How long not to try again.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>
    /// What it was told about, at most 200 characters: an account, a host. Agents that were told to wait for the same thing wait together, until
    /// the last moment that one of them was told, and come back one after the other. Null: the agents of the same kind do.
    /// </summary>
    public string? Resource
    {
        get;
        init => field = value is { Length: > MaxResourceLength } ? value[..MaxResourceLength] : value;
    }
}

/// <summary>A write was refused because a newer incarnation of the agent was granted: whoever sees this is a zombie and must stop.</summary>
public sealed class FencedException : Exception
{
    /// <summary>Names the incarnation that was refused.</summary>
    public FencedException(AgentId id, long incarnation)
        : base($"Incarnation {incarnation} of agent '{id}' is no longer the current one; its write was refused.")
    {
        Id = id;
        Incarnation = incarnation;
    }

    /// <summary>The agent.</summary>
    public AgentId Id { get; }

    /// <summary>The incarnation that was refused.</summary>
    public long Incarnation { get; }
}

/// <summary>A checkpoint is there but cannot be read, or is too long to be taken.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Says which and why.</summary>
    public CheckpointException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
