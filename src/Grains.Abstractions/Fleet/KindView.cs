using OrleansHealing.Agents;

namespace OrleansHealing.Fleet;

/// <summary>One kind of agent that can be spawned.</summary>
/// <param name="Name">Its registered name.</param>
/// <param name="Settings">What its settings may be.</param>
[GenerateSerializer, Immutable, Alias("healing.KindView")]
public sealed record KindView(
    [property: Id(0)] string Name,
    [property: Id(1)] IReadOnlyList<AgentSetting> Settings);
