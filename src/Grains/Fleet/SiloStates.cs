namespace OrleansHealing.Fleet;

/// <summary>The words for a silo's membership.</summary>
internal static class SiloStatusWords
{
    public static string Of(SiloStatus status) => status switch
    {
        SiloStatus.Active => "active",
        SiloStatus.Created or SiloStatus.Joining => "joining",
        SiloStatus.ShuttingDown or SiloStatus.Stopping => "stopping",
        _ => "dead",
    };
}
