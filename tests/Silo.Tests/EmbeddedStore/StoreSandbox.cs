using System.Diagnostics;
using OrleansHealing.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>A directory for one test's store, and the end of every store that was started in it.</summary>
public sealed class StoreSandbox : IAsyncDisposable
{
    private readonly List<ConnectionMultiplexer> _connections = [];
    private readonly HashSet<int> _seen = [];

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"healing-store-{Guid.NewGuid():N}");

    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(30);

    internal StoreDirectory Files => new(Root);

    public async Task<EmbeddedStoreEndpoint> EnsureAsync()
    {
        var endpoint = await new EmbeddedStoreProcess(TimeProvider.System)
            .EnsureStartedAsync(Root, Linger, TestContext.Current.CancellationToken);
        _seen.Add(endpoint.Pid);
        return endpoint;
    }

    public async Task<ConnectionMultiplexer> ConnectAsync(EmbeddedStoreEndpoint endpoint)
    {
        var options = ConfigurationOptions.Parse(endpoint.ConnectionString);
        options.AllowAdmin = true;
        options.ReconnectRetryPolicy = new LinearRetry(200);
        var connection = await ConnectionMultiplexer.ConnectAsync(options);
        _connections.Add(connection);
        return connection;
    }

    public static async Task KillAsync(EmbeddedStoreEndpoint endpoint)
    {
        using var process = Process.GetProcessById(endpoint.Pid);
        process.Kill();
        await Eventually.TrueAsync($"the end of process {endpoint.Pid}", () => !ProcessTable.IsAlive(endpoint.Pid));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        if (EmbeddedStoreEndpoint.TryRead(Root, out var last))
        {
            _seen.Add(last.Pid);
        }

        foreach (var pid in _seen.Where(ProcessTable.IsAlive))
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            await Eventually.TrueAsync($"the end of process {pid}", () => !ProcessTable.IsAlive(pid));
        }

        // Where no test of the class was asked for, nothing was begun.
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
