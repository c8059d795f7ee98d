namespace OrleansHealing.Supervision;

/// <summary>How an incarnation failed.</summary>
/// <param name="Reason">Which sort of failure.</param>
/// <param name="Message">What was seen, for a person; at most 2,000 characters.</param>
/// <param name="At">When it failed, in the store's time.</param>
[GenerateSerializer, Immutable, Alias("healing.AgentFailure")]
public sealed record AgentFailure(
    [property: Id(0)] FailureReason Reason,
    [property: Id(1)] string Message,
    [property: Id(2)] DateTimeOffset At);
