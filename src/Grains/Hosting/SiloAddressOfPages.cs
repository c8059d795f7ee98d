namespace OrleansHealing.Hosting;

/// <summary>Where this silo's pages are, once its web server has said so.</summary>
public sealed class SiloAddressOfPages
{
    /// <summary>The address; null when it serves no pages.</summary>
    public string? Url { get; set; }
}
