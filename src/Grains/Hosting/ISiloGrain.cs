using Orleans.Concurrency;

namespace OrleansHealing.Hosting;

/// <summary>
/// What one silo is told. Key: anything; who calls places it on the silo with a hint, and says which one is meant, since where it
/// comes up is not certain.
/// </summary>
[Alias("healing.ISiloGrain")]
internal interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>Kills the process of the silo with this address, as kill -9 does, a moment later. On any other silo it does nothing.</summary>
    [Alias("die"), OneWay]
    Task DieAsync(string address, string actor);

    /// <summary>Whether the silo with this address has people told of an alarm of silos; on any other silo false.</summary>
    [Alias("tells")]
    Task<bool> TellsAsync(string address, string key);
}
