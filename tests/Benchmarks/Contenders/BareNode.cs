using System.Diagnostics;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks.Contenders;

/// <summary>One node of plain Orleans on a store of its own.</summary>
internal sealed class BareNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _root = Directory.CreateTempSubdirectory("healing-bench-").FullName;
    private readonly ProcessGroup _processes = new();
    private readonly HttpClient _http = new();
    private StoreProcess? _store;
    private ConnectionMultiplexer? _observer;
    private Process? _process;
    private string _url = "";

    /// <summary>The observer's connection.</summary>
    public IDatabase Database => _observer!.GetDatabase();

    /// <summary>Starts the store, but not the node yet.</summary>
    public static async Task<BareNode> CreateAsync()
    {
        var node = new BareNode();
        try
        {
            node._store = await StoreProcess.StartAsync("redis", node._root, hasReplica: false);
            node._observer = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{node._store.Port}");
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <param name="isBare">Whether its workers have a timer that does nothing, and no more.</param>
    public async Task StartAsync(bool isBare)
    {
        var port = StoreProcess.FreePort();
        (_process, _url) = await _processes.StartNodeAsync(
            "bare",
            "OrleansHealing.BenchmarkNode.dll",
            ["orleans", "--name=bare", $"--redis=127.0.0.1:{_store!.Port}", $"--port={port}", $"--first-port={port}", $"--bare={(isBare ? "true" : "false")}"],
            Patience);
    }

    public async Task SpawnAsync(int workers, CancellationToken cancellation) => await Parallel.ForAsync(
        0, workers, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellation }, async (i, token) =>
        {
            using var response = await _http.PostAsync($"{_url}/spawn/w{i}", null, token);
            response.EnsureSuccessStatusCode();
        });

    /// <summary>What its process has taken of the processors so far, and has of the memory now.</summary>
    public (TimeSpan Cpu, long Bytes) Usage()
    {
        _process!.Refresh();
        return (_process.TotalProcessorTime, _process.WorkingSet64);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await (_observer?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _processes.DisposeAsync();
        _store?.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
