using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>What a kind says of itself when it is registered: the settings that it takes and how its agents are supervised.</summary>
public sealed class AgentKindOptions
{
    /// <summary>The settings that a definition of this kind may hold; each is checked before an agent is spawned.</summary>
    public IList<AgentSetting> Settings { get; } = [];

    /// <summary>Where this kind is supervised otherwise than the fleet; a definition's own policy goes over it.</summary>
    public PolicySettings Policy { get; set; } = new();
}
