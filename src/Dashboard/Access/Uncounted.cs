namespace OrleansHealing.Dashboard.Access;

/// <summary>Says of an endpoint that its writes count against no limit.</summary>
internal sealed record Uncounted
{
    public static Uncounted Instance { get; } = new();
}
