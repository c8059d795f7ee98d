using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansHealing.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks;

/// <summary>Silos as processes of their own on a store of their own, and an observer's connection to that store.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private const string Silo = "OrleansHealing.Silo.dll";

    private readonly string _root = Directory.CreateTempSubdirectory("healing-bench-").FullName;
    private readonly ProcessGroup _processes = new();
    private readonly ConcurrentDictionary<string, Process> _silos = new();
    private readonly ConcurrentDictionary<string, string> _urls = new();
    private readonly ConcurrentQueue<FaultyLink> _links = new();
    private readonly ConcurrentQueue<string> _warnings = new();
    private readonly HttpClient _http = new();
    private readonly bool _isEmbedded;
    private readonly double? _lostFlushes;
    private readonly string[] _options;
    private string[] _program = [Silo];
    private StoreProcess? _store;
    private string[] _storeOptions = [];
    private int _started;

    private Fleet(string store, double? lostFlushes, string[] options) =>
        (_isEmbedded, _lostFlushes, _options) = (store == "embedded", lostFlushes, options);

    /// <summary>The store, when it is this benchmark's to kill and to start again.</summary>
    public StoreProcess StoreProcess => _store ?? throw new InvalidOperationException("The silos look after their store themselves.");

    /// <summary>The ways from silos to the store, when they are faulty.</summary>
    public IReadOnlyCollection<FaultyLink> Links => _links;

    /// <summary>What silos logged as warnings and errors.</summary>
    public IReadOnlyCollection<string> Warnings => _warnings;

    /// <summary>The observer's connection.</summary>
    public IConnectionMultiplexer Store { get; private set; } = null!;

    /// <summary>Says why silos were declared dead, and what those that are gone said last.</summary>
    public async Task SayDeathsAsync(string store)
    {
        foreach (var why in _warnings.Where(w => w.Contains("declared dead", StringComparison.Ordinal) || w.Contains("I should be Dead", StringComparison.Ordinal)))
        {
            await Console.Error.WriteLineAsync($"{store}: {why}");
        }

        foreach (var last in Silos.Where(s => !IsAlive(s)).SelectMany(s => _warnings.Where(w => w.StartsWith($"{s} ", StringComparison.Ordinal)).TakeLast(5)))
        {
            await Console.Error.WriteLineAsync($"{store}: {last}");
        }
    }

    public string Root => _root;

    /// <summary>How many partitions, and supervisors, its silos were told to have.</summary>
    public int Partitions { get; set; } = 1;

    public IEnumerable<string> Silos => _silos.Keys;

    /// <summary>Starts silos on a store.</summary>
    /// <param name="store">embedded or redis.</param>
    /// <param name="silos">How many silos.</param>
    /// <param name="lostFlushes">The share of flushes of heartbeats that is lost on the way; null for a way without a proxy.</param>
    /// <param name="options">Further arguments of every silo.</param>
    public static async Task<Fleet> StartAsync(string store, int silos, double? lostFlushes = null, params string[] options)
    {
        var fleet = new Fleet(store, lostFlushes, options);
        await fleet.StartAsync(store, silos, hasOwnStore: lostFlushes is not null);
        return fleet;
    }

    /// <summary>Starts silos that also have the kind <c>idle</c>, on a store that nobody looks after.</summary>
    public static Task<Fleet> StartNodesAsync(string store, int silos, params string[] options) => StartNodesAsync(store, silos, _ => Task.CompletedTask, options);

    /// <param name="store">embedded or redis.</param>
    /// <param name="silos">How many silos.</param>
    /// <param name="prepare">Fills the store before the first silo is started.</param>
    /// <param name="options">Further arguments of every silo.</param>
    public static async Task<Fleet> StartNodesAsync(string store, int silos, Func<IDatabase, Task> prepare, params string[] options)
    {
        // Whoever spawns a hundred thousand agents is no attacker here.
        string[] patient = ["--Healing:Dashboard:WritesPerSecond=100000", "--Healing:Dashboard:WriteBurst=100000"];
        var fleet = new Fleet(store, null, [.. patient, .. options]) { _program = ["OrleansHealing.BenchmarkNode.dll", "healing"] };
        await fleet.StartAsync(store, silos, hasOwnStore: true, prepare);
        return fleet;
    }

    public async Task AddSiloAsync()
    {
        var name = $"silo-{Interlocked.Increment(ref _started)}";
        var (process, url) = await _processes.StartNodeAsync(
            name,
            _program[0],
            [.. _program[1..], "--silo-name", name, "--with-parent", .. StoreOptions(), .. _options, "--Logging:LogLevel:OrleansHealing=Warning"],
            Patience,
            line =>
            {
                if (line.Contains("warn:", StringComparison.Ordinal) || line.Contains("fail:", StringComparison.Ordinal) || line.Contains("crit:", StringComparison.Ordinal))
                {
                    _warnings.Enqueue($"{name} {line}");
                }
            },
            runtimeOf: Silo);
        (_silos[name], _urls[name]) = (process, url);
    }

    /// <summary>Crashes all idle agents of all silos at once.</summary>
    public void CrashIdle()
    {
        foreach (var process in _silos.Values)
        {
            ProcessGroup.Signal("USR1", process);
        }
    }

    /// <summary>SIGSTOP.</summary>
    public void Freeze(string silo) => ProcessGroup.Signal("STOP", _silos[silo]);

    /// <summary>SIGCONT; nothing when the silo has been killed meanwhile.</summary>
    public void Thaw(string silo)
    {
        if (_silos.TryGetValue(silo, out var process))
        {
            ProcessGroup.Signal("CONT", process);
        }
    }

    /// <summary>Where a silo's page is.</summary>
    public string UrlOf(string silo) => _urls[silo];

    /// <summary>What a silo's process has of the machine's memory, bytes.</summary>
    public long MemoryOf(string silo)
    {
        using var process = Process.GetProcessById(_silos[silo].Id);
        return process.WorkingSet64;
    }

    /// <summary>What a silo's process has taken of the processors.</summary>
    public TimeSpan CpuOf(string silo)
    {
        using var process = Process.GetProcessById(_silos[silo].Id);
        return process.TotalProcessorTime;
    }

    public bool IsAlive(string silo) => _silos.TryGetValue(silo, out var process) && !process.HasExited;

    /// <summary>No longer one of the silos that are asked; its process is ended at the end.</summary>
    public void Forget(string silo)
    {
        _urls.TryRemove(silo, out _);
        _silos.TryRemove(silo, out _);
    }

    /// <summary>What a silo serves at a path, as text.</summary>
    public Task<string> GetTextAsync(string silo, string path) => _http.GetStringAsync($"{_urls[silo]}{path}");

    public void Kill(string silo)
    {
        _urls.TryRemove(silo, out _);
        _silos.TryRemove(silo, out var process);
        process!.Kill();
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        var began = Stopwatch.StartNew();
        while (true)
        {
            foreach (var url in _urls.Values)
            {
                try
                {
                    return await _http.GetFromJsonAsync<JsonElement>($"{url}/api/v1{path}");
                }
                catch (HttpRequestException) when (began.Elapsed < Patience)
                {
                    // A silo that is going; the next one, or the same a moment later.
                }
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Gives an order, again while the answer is that the cluster or its store is out of reach.</summary>
    public async Task PostAsync(string path, object body)
    {
        var began = Stopwatch.StartNew();
        var isUnsure = false;
        while (true)
        {
            using var response = await _http.PostAsJsonAsync($"{_urls.Values.First()}/api/v1{path}", body);
            // "There already" is the answer to an order whose first answer was that nobody knows.
            if (response.IsSuccessStatusCode || (isUnsure && response.StatusCode is HttpStatusCode.Conflict))
            {
                return;
            }

            isUnsure = true;
            if (response.StatusCode is not HttpStatusCode.ServiceUnavailable || began.Elapsed > Patience)
            {
                throw new InvalidOperationException($"POST {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Polls until <paramref name="isIt"/> holds.</summary>
    public static async Task UntilAsync(string awaited, Func<Task<bool>> isIt)
    {
        var began = Stopwatch.StartNew();
        while (!await isIt())
        {
            if (began.Elapsed > Patience * 3)
            {
                throw new TimeoutException($"Awaited for {Patience * 3}: {awaited}.");
            }

            await Task.Delay(20);
        }
    }

    public async Task<JsonElement[]> AgentsAsync() => [.. (await GetAsync("/agents?limit=1000")).GetProperty("items").EnumerateArray()];

    /// <summary>Spawns readers of one text, a line a second each, and waits until all of them are healthy.</summary>
    public async Task SpawnReadersAsync(int agents, CancellationToken cancellation)
    {
        var path = Path.Combine(_root, "text.txt");
        await File.WriteAllLinesAsync(path, Enumerable.Repeat("one two three four", 100_000), cancellation);
        for (var i = 0; i < agents; i++)
        {
            await PostAsync("/agents", new { id = $"a{i}", kind = "data-processing", settings = new { path, linesPerSecond = 1 } });
        }

        await HealthyAsync(agents);
    }

    /// <summary>Spawns agents that do nothing but beat, <c>w0</c> and on, and waits until all of them are healthy.</summary>
    public async Task SpawnIdleAsync(int agents, CancellationToken cancellation)
    {
        await Parallel.ForAsync(0, agents, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellation }, async (i, _) =>
            await PostAsync("/agents", new { id = $"w{i}", kind = "idle" }));
        await UntilAsync($"{agents} healthy agents", async () => await SumAsync(p => Store.GetDatabase().SortedSetLengthAsync($"healing:{{{p}}}:status:healthy")) == agents);
    }

    /// <summary>Waits for as many agents to be healthy, however long they take.</summary>
    public async Task AtWorkAsync(int agents, CancellationToken cancellation)
    {
        while (await SumAsync(p => Store.GetDatabase().SortedSetLengthAsync($"healing:{{{p}}}:status:healthy")) < agents)
        {
            await Task.Delay(Look, cancellation);
        }
    }

    /// <summary>One of the fleet's counters, of all partitions together.</summary>
    public Task<long> CountAsync(string counter) =>
        SumAsync(async p => (long?)await Store.GetDatabase().HashGetAsync($"healing:{{{p}}}:counters", counter) ?? 0);

    private async Task<long> SumAsync(Func<int, Task<long>> ofPartition) => (await Task.WhenAll(Enumerable.Range(0, Partitions).Select(ofPartition))).Sum();

    public Task HealthyAsync(int count) => UntilAsync(
        $"{count} healthy agents", async () => (await AgentsAsync()).Count(a => a.GetProperty("status").GetString() == "healthy") == count);

    public async ValueTask DisposeAsync()
    {
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        _http.Dispose();
        await _processes.DisposeAsync();
        if (_isEmbedded && _store is null && EmbeddedStoreEndpoint.TryRead(Path.Combine(_root, "store"), out var endpoint))
        {
            // After the silos, each of which would start it again.
            await ProcessGroup.EndAsync([Process.GetProcessById(endpoint.Pid)]);
        }

        foreach (var link in _links)
        {
            link.Dispose();
        }

        _store?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private async Task StartAsync(string store, int silos, bool hasOwnStore, Func<IDatabase, Task>? prepare = null)
    {
        try
        {
            await StartStoreAsync(store, hasOwnStore);
            if (prepare is not null)
            {
                await using var connection = await ConnectAsync();
                await prepare(connection.GetDatabase());
            }

            await Task.WhenAll(Enumerable.Range(0, silos).Select(_ => AddSiloAsync()));
            Store = await ConnectAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task StartStoreAsync(string kind, bool hasOwnStore)
    {
        if (kind == "embedded" && !hasOwnStore)
        {
            _storeOptions = ["--store-directory", Path.Combine(_root, "store"), "--Healing:EmbeddedStore:Linger=00:00:05"];
        }
        else
        {
            // Losses and outages go together: who looks at the one wants to see the other as it comes in earnest.
            _store = await StoreProcess.StartAsync(kind, _root, hasReplica: _lostFlushes is not null);
        }
    }

    private string[] StoreOptions()
    {
        if (_store is null)
        {
            return _storeOptions;
        }

        var endpoints = _store.Ports.Select(port => $"127.0.0.1:{(_lostFlushes is { } lost ? LinkTo(port, lost) : port)}");
        return [$"--ConnectionStrings:redis={string.Join(',', endpoints)}{_store.Suffix}"];
    }

    private int LinkTo(int port, double lost)
    {
        var link = new FaultyLink(port, lost);
        _links.Enqueue(link);
        return link.Port;
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var connection = _store is { } own ? $"{string.Join(',', own.Ports.Select(port => $"127.0.0.1:{port}"))}{own.Suffix}"
            : EmbeddedStoreEndpoint.TryRead(Path.Combine(_root, "store"), out var endpoint) ? endpoint.ConnectionString
            : throw new InvalidOperationException("There is no store.");
        return await ConnectionMultiplexer.ConnectAsync(connection);
    }
}
