using System.Diagnostics;
using OrleansHealing.BenchmarkNode;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks.Contenders;

/// <summary>What a user would take instead, as its documentation sets it up.</summary>
internal sealed class PeerContender : IContender
{
    private const int Nodes = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _kind;
    private readonly bool _isTuned;
    private readonly ProcessGroup _processes = new();
    private readonly Dictionary<string, (Process Process, string Url)> _nodes = [];
    private readonly HttpClient _http = new();
    private readonly string _root = Directory.CreateTempSubdirectory("healing-bench-").FullName;
    private StoreProcess? _store;
    private ConnectionMultiplexer? _observer;

    private PeerContender(string name, string kind, bool isTuned) => (Name, _kind, _isTuned) = (name, kind, isTuned);

    public string Name { get; }

    private IDatabase Database => _observer!.GetDatabase();

    /// <param name="name">What it is called in the table.</param>
    /// <param name="kind">akka or orleans.</param>
    /// <param name="isTuned">Whether it is set to be quick.</param>
    public static async Task<IContender> StartAsync(string name, string kind, bool isTuned)
    {
        var peer = new PeerContender(name, kind, isTuned);
        try
        {
            await peer.StartAsync();
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_observer is not null)
        {
            await _observer.DisposeAsync();
        }

        await _processes.DisposeAsync();
        _store?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    public async Task SpawnAsync(int workers, CancellationToken cancellation)
    {
        var urls = _nodes.Values.Select(n => n.Url).ToArray();
        await Parallel.ForAsync(0, workers, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellation }, async (i, token) =>
        {
            using var response = await _http.PostAsync($"{urls[i % urls.Length]}/spawn/w{i}", null, token);
            response.EnsureSuccessStatusCode();
        });
        await Fleet.UntilAsync($"{workers} workers to beat", async () => await Database.HashLengthAsync(PeerStore.Bodies) == workers);
    }

    public async Task<Dictionary<string, Body>> BodiesAsync() =>
        (await Database.HashGetAllAsync(PeerStore.Bodies)).ToDictionary(e => e.Name.ToString(), e => Read(e.Value)!);

    public async Task<IReadOnlyList<Body?>> BodiesAsync(IReadOnlyList<string> workers) =>
        Array.ConvertAll(await Database.HashGetAsync(PeerStore.Bodies, [.. workers]), Read);

    public async Task CrashAsync(string worker)
    {
        using var response = await _http.PostAsync($"{_nodes.Values.First().Url}/crash/{worker}", null);
        response.EnsureSuccessStatusCode();
    }

    // Akka's singletons are on the oldest node. In Orleans no silo is before the others.
    public Task<string?> LeaderAsync() => Task.FromResult(_kind == "akka" ? "n1" : null);

    public void Kill(string node)
    {
        _nodes.Remove(node, out var killed);
        killed.Process.Kill();
    }

    public void Freeze(string node) => ProcessGroup.Signal("STOP", _nodes[node].Process);

    public void Thaw(string node) => ProcessGroup.Signal("CONT", _nodes[node].Process);

    public async Task<int> ZombiesAsync(DateTimeOffset moment)
    {
        var bodies = (await Database.HashGetAllAsync(PeerStore.Bodies)).ToDictionary(e => e.Name.ToString(), e => e.Value.ToString());
        var beating = await Database.SortedSetRangeByScoreAsync(
            PeerStore.Deadlines, (moment + PeerStore.Allowed).ToUnixTimeMilliseconds(), double.PositiveInfinity);
        return beating.Select(m => m.ToString().Split('#')).Count(m => bodies[m[0]] != m[1]);
    }

    private static Body? Read(RedisValue value) => value.IsNull ? null : new(value.ToString().Split('/')[0], value.ToString());

    private async Task StartAsync()
    {
        _store = await StoreProcess.StartAsync("redis", _root, hasReplica: false);
        var connection = $"127.0.0.1:{_store.Port}{_store.Suffix}";
        _observer = await ConnectionMultiplexer.ConnectAsync(connection);
        var ports = Enumerable.Range(0, Nodes).Select(_ => StoreProcess.FreePort()).ToArray();
        for (var i = 0; i < Nodes; i++)
        {
            var name = $"n{i + 1}";
            _nodes[name] = await _processes.StartNodeAsync(
                name,
                "OrleansHealing.BenchmarkNode.dll",
                [_kind, $"--name={name}", $"--redis={connection}", $"--port={ports[i]}", $"--first-port={ports[0]}", $"--tuned={(_isTuned ? "true" : "false")}"],
                Patience);
        }
    }
}
