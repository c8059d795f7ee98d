namespace OrleansHealing.Dashboard.Access;

/// <summary>Says of an endpoint of one agent that the token of that agent's process opens it.</summary>
internal sealed record OfRuns
{
    public static OfRuns Instance { get; } = new();
}
