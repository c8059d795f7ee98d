namespace OrleansHealing.Agents;

/// <summary>What <see cref="HeartbeatPump"/> ticks for.</summary>
internal interface IBeating
{
    /// <summary>Called on the thread pool, never twice at once. Must not block.</summary>
    /// <returns>Whether to go on.</returns>
    bool Tick();
}
