namespace OrleansHealing.Dashboard.Access;

/// <summary>Says of an endpoint who gets to it.</summary>
/// <param name="NeedsKey">Whether it takes a key, where there are keys.</param>
internal sealed record Openness(bool NeedsKey)
{
    /// <summary>The page's files, the session and the description of the API: nothing of the fleet is in them.</summary>
    public static Openness Open { get; } = new(false);

    public static Openness Guarded { get; } = new(true);
}
