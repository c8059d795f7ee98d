namespace OrleansHealing.Silo.Healing;

/// <summary>Two real silos that run processes and ask for a key, for the tests of a class.</summary>
public sealed class ProcessSilos : IAsyncLifetime
{
    public const string Key = "0123456789abcdef-of-the-operator";

    internal static readonly string[] Options = ["--Healing:ProcessAgents:Enabled=true", SiloCluster.NoMoves, $"--Healing:Dashboard:ApiKeys=ada:{Key}"];

    // Killed on purpose and over and over: it is not the waits that are tried.
    private static readonly object Tireless = new
    {
        restart = "transient",
        maxRestarts = 10_000,
        heartbeatSeconds = 0.2,
        timeoutSeconds = 3.0,
        backoff = new { baseSeconds = 0.05, maxSeconds = 0.1 },
    };

    internal SiloCluster Cluster { get; private set; } = null!;

    internal static async Task<SiloCluster> StartAsync(StoreKind store, int silos)
    {
        var cluster = await SiloCluster.StartAsync(store, silos, Options);
        cluster.ApiKey = Key;
        return cluster;
    }

    /// <summary>Spawns an agent whose processes can be told by a mark, NAME=VALUE.</summary>
    internal static Task SpawnAsync(SiloCluster cluster, string mark, string id, string[] command, object? policy = null)
    {
        var environment = new Dictionary<string, string> { [mark.Split('=')[0]] = mark.Split('=')[1] };
        return cluster.SpawnAsync(id, "process", new { command = command[0], arguments = command[1..], environment }, policy ?? Tireless);
    }

    public async ValueTask InitializeAsync() => Cluster = await StartAsync(StoreKind.Redis, silos: 2);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
