using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Chaos.Cluster;

/// <summary>A redis-server of the run's own.</summary>
internal sealed class RedisChaosStore(RedisServer server) : IChaosStore
{
    public IReadOnlyList<string> SiloOptions => [$"--ConnectionStrings:redis={server.ConnectionString}"];

    public string? ConnectionString => server.ConnectionString;

    public int? Pid => server.Pid;

    public bool TearsScripts => false;

    public Task FreezeAsync() => server.FreezeAsync();

    public Task ThawAsync() => server.ThawAsync();

    public Task KillAsync() => server.KillAsync();

    public Task ReturnAsync(CancellationToken cancellation) => server.RunAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
