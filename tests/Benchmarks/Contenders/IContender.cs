namespace OrleansHealing.Benchmarks.Contenders;

/// <summary>One start of a worker: on which node, and which start it is.</summary>
internal sealed record Body(string Node, string Start);

/// <summary>
/// Three nodes with workers that beat each second into one Redis; of OrleansHealing, or of what a user would take instead. What is asked
/// of it is asked of the store, alike for all.
/// </summary>
internal interface IContender : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Starts workers, and returns when all of them have beaten.</summary>
    Task SpawnAsync(int workers, CancellationToken cancellation);

    /// <summary>Who each worker is at present, by the body that beat first, last.</summary>
    Task<Dictionary<string, Body>> BodiesAsync();

    /// <summary>The same of some workers; null for who has not beaten yet.</summary>
    Task<IReadOnlyList<Body?>> BodiesAsync(IReadOnlyList<string> workers);

    /// <summary>Asks a worker to crash. Taken is enough: it need not have crashed when this returns.</summary>
    Task CrashAsync(string worker);

    /// <summary>The node that the cluster depends on most: where the supervisor is, or the oldest; null when all are alike.</summary>
    Task<string?> LeaderAsync();

    void Kill(string node);

    void Freeze(string node);

    void Thaw(string node);

    /// <summary>How many workers had a heartbeat accepted, after <paramref name="moment"/>, from a body that is not theirs any more.</summary>
    Task<int> ZombiesAsync(DateTimeOffset moment);
}
