using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>What a kind of agent takes, and how it is supervised unless a definition says otherwise.</summary>
public sealed class AgentKindOptions
{
    /// <summary>The settings that it takes. A definition with another setting is refused; none declared: any setting goes.</summary>
    public IList<AgentSetting> Settings { get; } = [];

    /// <summary>The kind's defaults, over the fleet's and under the definition's.</summary>
    public PolicySettings Policy { get; set; } = new();
}
