using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>What a kind of agent takes, and how it is supervised unless a definition says otherwise.</summary>
public sealed class AgentKindOptions
{
    /// <summary>The settings that it takes. A definition with another setting is refused; none declared: any setting goes.</summary>
    public IList<AgentSetting> Settings { get; } = [];

    /// <summary>
    /// What is wrong with settings whose types are right: the property by its JSON path, and the rule. Asked when an agent is spawned;
    /// null: nothing.
    /// </summary>
    public Func<AgentSettings, IEnumerable<Fault>>? Check { get; set; }

    /// <summary>
    /// Whether the work is done by something that the body started outside of its silo's process, whose heartbeats and checkpoints
    /// come over HTTP.
    /// </summary>
    internal bool IsRemote { get; set; }

    /// <summary>The kind's defaults, over the fleet's and under the definition's.</summary>
    public PolicySettings Policy { get; set; } = new();
}
