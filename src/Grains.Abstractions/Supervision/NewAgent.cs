using OrleansHealing.Agents;

namespace OrleansHealing.Supervision;

/// <summary>An agent that is to be taken on.</summary>
/// <param name="Definition">What it is; checked.</param>
/// <param name="Actor">Who wants it.</param>
[GenerateSerializer, Immutable, Alias("healing.NewAgent")]
public sealed record NewAgent([property: Id(0)] AgentDefinition Definition, [property: Id(1)] string Actor);
