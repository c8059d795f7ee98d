using System.Text.Json.Serialization;

namespace OrleansHealing.Alerts;

/// <summary>How a sink took a test alert.</summary>
/// <param name="Sink">The sink's name.</param>
/// <param name="Kind">What it is: <c>slack</c>, <c>webhook</c>, or the type of one's own.</param>
/// <param name="Seconds">How long both took.</param>
/// <param name="Error">Why it did not; null when it took the alert and its end.</param>
[GenerateSerializer, Immutable, Alias("healing.AlertTestResult")]
public sealed record AlertTestResult(
    [property: Id(0)] string Sink,
    [property: Id(1)] string Kind,
    [property: Id(2)] double Seconds,
    [property: Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);
