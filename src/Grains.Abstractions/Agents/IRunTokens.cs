namespace OrleansHealing.Agents;

/// <summary>
/// Makes what the process of an incarnation shows to the fleet's HTTP API instead of a person's key: it opens the heartbeat and the
/// checkpoint of its own agent, for its own incarnation, and nothing else.
/// </summary>
public interface IRunTokens
{
    /// <summary>The token, which is a secret of that process; null where callers need none.</summary>
    string? Create(AgentId id, long incarnation);
}
