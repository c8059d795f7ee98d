using System.Text.Json.Serialization;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Output;

/// <summary>How an order for one id ended, as <c>-o json</c> lists it.</summary>
internal sealed record OrderReport
{
    public required string Id { get; init; }

    /// <summary>A <see cref="CommandOutcome"/>, or null when no answer came and it is not known.</summary>
    public CommandOutcome? Outcome { get; init; }

    public required string Message { get; init; }

    public long? Incarnation { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Fault>? Faults { get; init; }
}
