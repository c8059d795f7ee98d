namespace OrleansHealing.Heartbeats;

/// <summary>What a silo says of itself to consoles and pages.</summary>
internal sealed record SiloRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where its pages are; null when it serves none.</summary>
    public string? Url { get; init; }

    /// <summary>Its process id.</summary>
    public required int Pid { get; init; }

    /// <summary>The name of its machine.</summary>
    public required string Machine { get; init; }

    /// <summary>When it came up, in the store's time.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its process started, by the machine's own clock.</summary>
    public required DateTimeOffset ProcessStartedAt { get; init; }

    /// <summary>What its pid is a pid of, as <see cref="Hosting.ProcessIdentity"/> says.</summary>
    public required string PidSpace { get; init; }

    /// <summary>When its process started, by a clock that nobody can set.</summary>
    public required string ProcessStart { get; init; }
}
