using System.Text.Json.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>A person's order, with who and why.</summary>
/// <param name="Kind">What.</param>
/// <param name="Actor">Who; shown in the action log.</param>
/// <param name="Reason">Why, if it was said.</param>
/// <param name="For">How long a pause lasts; null: until somebody ends it.</param>
/// <param name="IfIncarnation">Only if the agent is at this incarnation, so that an order that is sent again is carried out once; null: at any.</param>
[GenerateSerializer, Immutable, Alias("healing.AgentCommand")]
public sealed record AgentCommand(
    [property: Id(0)] CommandKind Kind,
    [property: Id(1)] string Actor,
    [property: Id(2)] string? Reason = null,
    [property: Id(3)] TimeSpan? For = null,
    [property: Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? IfIncarnation = null);
