namespace OrleansHealing.Chaos.Cluster;

/// <summary>The store of a run, and what can be done to it.</summary>
internal interface IChaosStore : IAsyncDisposable
{
    /// <summary>How the silos are told of it.</summary>
    IReadOnlyList<string> SiloOptions { get; }

    /// <summary>How the observer reaches it; null while nobody has started it yet.</summary>
    string? ConnectionString { get; }

    /// <summary>Its process; null while there is none.</summary>
    int? Pid { get; }

    /// <summary>Whether its death can leave the first writes of a script.</summary>
    bool TearsScripts { get; }

    /// <summary>SIGSTOP.</summary>
    Task FreezeAsync();

    /// <summary>SIGCONT.</summary>
    Task ThawAsync();

    /// <summary>kill -9.</summary>
    Task KillAsync();

    /// <summary>Brings it back after <see cref="KillAsync"/>, or waits until the silos did.</summary>
    Task ReturnAsync(CancellationToken cancellation);
}
