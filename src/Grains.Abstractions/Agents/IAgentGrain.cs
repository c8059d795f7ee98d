using Orleans.Concurrency;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Agents;

/// <summary>Hosts the body of one agent on some silo. Key: the agent's id. Called by the grain backend and by who forces crashes.</summary>
[Alias("healing.IAgentGrain")]
public interface IAgentGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts the incarnation in the background, cancelling an older one first. Returns when the order is taken; the first
    /// heartbeat is the proof. Repeating the order, or an order for an older incarnation, changes nothing.
    /// </summary>
    [Alias("start")]
    Task StartAsync(AgentStart start);

    /// <summary>
    /// Cancels the body if its incarnation is not newer than that of the order, and waits for its end or the grace. Other calls
    /// are taken meanwhile.
    /// </summary>
    [Alias("stop"), AlwaysInterleave]
    Task StopAsync(AgentStop stop);

    /// <summary>
    /// Hands the agent over, as when its silo stops in good order: the body is cancelled and has its grace to save and leave, and
    /// the supervisor starts the next incarnation. The grain goes to the silo of the caller's placement hint. Does nothing when no
    /// body runs here.
    /// </summary>
    /// <param name="why">For the action log.</param>
    [Alias("move"), OneWay]
    Task MoveAsync(string why);

    /// <summary>Lets go of a silo, so that the next start may be on another one. Does nothing when it is elsewhere, or a body runs.</summary>
    /// <param name="from">The silo, by its address.</param>
    [Alias("leave")]
    Task LeaveAsync(string from);

    /// <summary>Takes a heartbeat of the process that its body runs.</summary>
    /// <returns>False when no body runs here that it could be of.</returns>
    [Alias("hear"), AlwaysInterleave]
    Task<bool> HearAsync(ExternalHeartbeat beat);

    /// <summary>Forces a failure on the running body.</summary>
    /// <returns>The incarnation that was hit, or null when no body runs here.</returns>
    [Alias("crash")]
    Task<long?> CrashAsync(CrashMode mode);
}
