using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Alerts;

/// <summary>Is told of each decision that was committed.</summary>
internal interface ICommitWatcher
{
    /// <summary>A decision is in the store. Called from any thread; must not throw.</summary>
    void Committed(AgentSnapshot before, Decision decision);
}
