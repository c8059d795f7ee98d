using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>A registered kind: how its bodies are made, and what its definitions may say.</summary>
/// <param name="Name">The name that definitions call it by.</param>
/// <param name="Create">Makes a body for one incarnation; null for kinds whose bodies live outside the cluster.</param>
/// <param name="Settings">The settings that it takes; empty: any.</param>
/// <param name="Policy">Its supervision, over the fleet's.</param>
public sealed record AgentKind(
    string Name,
    Func<IServiceProvider, IWorkerAgent>? Create,
    IReadOnlyList<AgentSetting> Settings,
    PolicySettings Policy)
{
    /// <summary>What is wrong with settings whose types are right; null: nothing.</summary>
    public Func<AgentSettings, IEnumerable<Fault>>? Check { get; init; }

    /// <summary>Whether heartbeats and checkpoints of its bodies come over HTTP.</summary>
    internal bool IsRemote { get; init; }
}
