namespace OrleansHealing.Client.Connection;

/// <summary>What the command line says about the cluster; what is null is looked up in the configuration.</summary>
internal sealed record ConnectionSettings
{
    public string? Redis { get; init; }

    public string? StoreDirectory { get; init; }

    public string? ClusterId { get; init; }

    public string? ServiceId { get; init; }

    /// <summary>How long to wait for the store and a silo.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Show what Orleans logs, on stderr.</summary>
    public bool Debug { get; init; }
}
