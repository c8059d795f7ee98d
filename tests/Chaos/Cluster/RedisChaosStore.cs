using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Chaos.Cluster;

/// <summary>
/// A redis-server of the run's own, which flushes before it answers: with <c>everysec</c> a killed one may lose what it answered
/// while an earlier flush was under way.
/// </summary>
internal sealed class RedisChaosStore(RedisServer server) : IChaosStore
{
    private static readonly string[] Durable = ["--appendfsync", "always"];

    public IReadOnlyList<string> SiloOptions => [$"--ConnectionStrings:redis={server.ConnectionString}"];

    public string? ConnectionString => server.ConnectionString;

    public int? Pid => server.Pid;

    public bool TearsScripts => false;

    /// <summary>Starts one.</summary>
    public static async Task<RedisChaosStore> LaunchAsync(string program) => new(await RedisServer.LaunchAsync(program, Durable));

    public Task FreezeAsync() => server.FreezeAsync();

    public Task ThawAsync() => server.ThawAsync();

    public Task KillAsync() => server.KillAsync();

    public Task ReturnAsync(CancellationToken cancellation) => server.RunAsync(Durable);

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
