using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansHealing.Hosting;
using OrleansHealing.Silo.EmbeddedStore;

namespace OrleansHealing.Silo.Healing;

/// <summary>Silos as processes of their own on one store, driven over HTTP as a script would.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    /// <summary>An option: nobody is moved to even out the silos, for who counts incarnations.</summary>
    public const string NoMoves = "--Healing:MovesPerSecond=0";

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(40);

    private readonly StoreSandbox _sandbox = new() { Linger = TimeSpan.FromSeconds(20) };
    private readonly RedisServer? _redis;
    private readonly string? _connectionString;
    private readonly List<SiloProcess> _silos = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };
    private readonly string _clusterId = $"test-{Guid.NewGuid():N}";
    private int _started;

    private SiloCluster(RedisServer? redis, string? connectionString)
    {
        _redis = redis;
        _connectionString = connectionString ?? redis?.ConnectionString;
    }

    /// <summary>What is started as the next silo.</summary>
    public SiloProgram Program { get; set; } = SiloProgram.Real;

    /// <summary>The key that requests carry.</summary>
    public string ApiKey
    {
        set => _http.DefaultRequestHeaders.Add("X-Api-Key", value);
    }

    /// <summary>The directory for files of this test.</summary>
    public string Root => _sandbox.Root;

    /// <summary>Those that were started so far.</summary>
    public IReadOnlyList<SiloProcess> Silos
    {
        get
        {
            lock (_silos)
            {
                return [.. _silos];
            }
        }
    }

    /// <summary>The store, when it is a redis-server.</summary>
    public RedisServer? Redis => _redis;

    /// <summary>The process of the embedded store.</summary>
    public int StorePid => EmbeddedStoreEndpoint.TryRead(_sandbox.Root, out var endpoint)
        ? endpoint.Pid
        : throw new InvalidOperationException("There is no embedded store.");

    /// <summary>How to reach the store.</summary>
    public string StoreConnection => _connectionString ?? (EmbeddedStoreEndpoint.TryRead(_sandbox.Root, out var endpoint)
        ? endpoint.ConnectionString
        : throw new InvalidOperationException("There is no embedded store."));

    /// <summary>Starts <paramref name="silos"/> silos and waits until each is ready.</summary>
    public static async Task<SiloCluster> StartAsync(StoreKind store, int silos, params string[] options) =>
        await StartAsync(new SiloCluster(store is StoreKind.Redis ? await RedisServer.StartAsync() : null, null), silos, options);

    /// <summary>The same on a store that the test runs, or goes by a way of its own.</summary>
    public static Task<SiloCluster> StartOnAsync(string connectionString, int silos, params string[] options) =>
        StartAsync(new SiloCluster(null, connectionString), silos, options);

    /// <summary>The same with another program than the real silo.</summary>
    public static Task<SiloCluster> StartOnAsync(string connectionString, int silos, SiloProgram program, params string[] options) =>
        StartAsync(new SiloCluster(null, connectionString) { Program = program }, silos, options);

    /// <summary>The same with another program than the real silo.</summary>
    public static async Task<SiloCluster> StartAsync(StoreKind store, int silos, SiloProgram program, params string[] options) =>
        await StartAsync(new SiloCluster(store is StoreKind.Redis ? await RedisServer.StartAsync() : null, null) { Program = program }, silos, options);

    /// <summary>A cluster on a redis-server of the test's choice, which it disposes of; without silos yet.</summary>
    public static SiloCluster On(RedisServer redis)
    {
        var cluster = new SiloCluster(redis, null);
        Directory.CreateDirectory(cluster.Root);
        return cluster;
    }

    private static async Task<SiloCluster> StartAsync(SiloCluster cluster, int silos, string[] options)
    {
        try
        {
            Directory.CreateDirectory(cluster.Root);
            await Task.WhenAll(Enumerable.Range(0, silos).Select(_ => cluster.AddSiloAsync(options)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task<SiloProcess> AddSiloAsync(params string[] options) => AddNamedSiloAsync($"silo-{Interlocked.Increment(ref _started)}", options);

    public async Task<SiloProcess> AddNamedSiloAsync(string name, params string[] options)
    {
        string[] store = _connectionString is null
            ? ["--store-directory", _sandbox.Root, "--Healing:EmbeddedStore:Linger=00:00:20"]
            : [$"--ConnectionStrings:redis={_connectionString}"];
        var silo = SiloProcess.Start(
            Program.Command.With(
                ["--silo-name", name, "--with-parent", .. store, $"--Healing:ClusterId={_clusterId}", $"--Healing:ServiceId={_clusterId}", .. options]),
            Program.Environment);
        lock (_silos)
        {
            _silos.Add(silo);
        }

        await silo.ReadyAsync();
        await AnswersAsync(silo, "/health", 200);
        return silo;
    }

    /// <summary>A question to some silo that lives, asked again while the answer is that the cluster is out of reach.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Eventually.SeeAsync(
            $"an answer to GET {path}", () => SendAsync(HttpMethod.Get, path, null), r => r.StatusCode is not HttpStatusCode.ServiceUnavailable);
        Assert.True(response.IsSuccessStatusCode, $"GET {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body)
    {
        SiloProcess[] living;
        lock (_silos)
        {
            living = [.. _silos.Where(s => s.IsAlive && s.Url is not null)];
        }

        Exception? last = null;
        foreach (var silo in living)
        {
            try
            {
                using var request = new HttpRequestMessage(method, $"{silo.Url}/api/v1{path}");
                request.Content = body is null ? null : JsonContent.Create(body);
                return await _http.SendAsync(request, TestContext.Current.CancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException
                || (e is OperationCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested))
            {
                last = e;
            }
        }

        throw new InvalidOperationException($"None of {living.Length} silos answers {method} {path}.", last);
    }

    public async Task PostAsync(string path, object? body = null)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body ?? new { });
        Assert.True(response.IsSuccessStatusCode, $"POST {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    public Task SpawnAsync(string id, string kind, object settings, object? policy = null) =>
        PostAsync("/agents", policy is null ? new { id, kind, settings } : new { id, kind, settings, policy });

    public async Task<AgentSeen> AgentAsync(string id) => AgentSeen.Of(await GetAsync($"/agents/{id}"));

    public async Task<IReadOnlyList<AgentSeen>> AgentsAsync() =>
        [.. (await GetAsync("/agents?limit=1000")).GetProperty("items").EnumerateArray().Select(AgentSeen.Of)];

    /// <summary>All agents, as one silo tells them; none while it does not answer.</summary>
    public async Task<IReadOnlyList<AgentSeen>> AgentsAsync(SiloProcess silo)
    {
        try
        {
            using var response = await _http.GetAsync($"{silo.Url}/api/v1/agents?limit=1000", TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode
                ? [.. (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("items").EnumerateArray().Select(AgentSeen.Of)]
                : [];
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            // What it asks of Orleans may wait for a silo that is cut off, until that one is declared dead.
            return [];
        }
    }

    public Task<AgentSeen> SeeAgentAsync(string id, string awaited, Func<AgentSeen, bool> isIt) =>
        Eventually.SeeAsync($"agent {id} {awaited}", () => AgentAsync(id), isIt);

    /// <summary>Each agent gets on by so many lines, and by then whatever a fault left to be judged has been.</summary>
    public async Task<IReadOnlyList<AgentSeen>> GetOnAsync(long lines = 1000)
    {
        var before = (await AgentsAsync()).ToDictionary(a => a.Id, a => a.Lines);
        return await Eventually.SeeAsync(
            $"{lines} lines more of each of {before.Count}", AgentsAsync, all => before.All(b => all.Any(a => a.Id == b.Key && a.Lines > b.Value + lines)));
    }

    /// <summary>The actions of an agent, oldest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> ActionsAsync(string id) =>
        [.. (await GetAsync($"/actions?agent={id}&limit=1000")).GetProperty("items").EnumerateArray().Reverse()];

    /// <summary>The metrics of the silo that was started first.</summary>
    public Task<string> MetricsAsync() => _http.GetStringAsync($"{_silos[0].Url}/metrics", TestContext.Current.CancellationToken);

    /// <summary>The wall clock that a silo's process sees.</summary>
    public async Task<DateTimeOffset> ClockOfAsync(SiloProcess silo)
    {
        using var response = await _http.GetAsync($"{silo.Url}/alive", TestContext.Current.CancellationToken);
        return response.Headers.Date!.Value;
    }

    /// <summary>The name of the silo that hosts the supervisor.</summary>
    public async Task<string> SupervisorAsync() => (await GetAsync("/overview")).GetProperty("supervisors")[0].GetProperty("silo").GetString()!;

    /// <summary>Spawns readers that take minutes and waits until they beat.</summary>
    public async Task<IReadOnlyList<AgentSeen>> SpawnReadersAsync(int count, string path, int linesPerSecond = 5, int checkpointEvery = 1000)
    {
        await Task.WhenAll(Enumerable.Range(0, count).Select(i =>
            SpawnAsync($"agent-{i:00}", "data-processing", new { path, linesPerSecond, checkpointEvery })));
        return await Eventually.SeeAsync($"{count} healthy agents", AgentsAsync, all => all.Count(a => a.Status == "healthy") == count);
    }

    public SiloProcess Silo(string name) => _silos.Single(s => s.Name == name && s.IsAlive);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_silos.Select(s => s.StopAsync(StopPatience)));
        ShowOutput();
        _http.Dispose();
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        Directory.CreateDirectory(Root);
        await _sandbox.DisposeAsync();
    }

    /// <summary>What its silos printed, which the runner shows for a test that failed.</summary>
    public void ShowOutput()
    {
        foreach (var silo in Silos)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"--- {silo.Name}{Environment.NewLine}{silo.Output}");
        }
    }

    /// <summary>Until a silo answers with this status; 0 for no answer.</summary>
    public Task AnswersAsync(SiloProcess silo, string path, int status) =>
        Eventually.SeeAsync($"{path} of {silo.Name} to answer {status}", () => StatusOfAsync(silo.Url + path), seen => seen == status);

    private async Task<int> StatusOfAsync(string url)
    {
        try
        {
            using var response = await _http.GetAsync(url, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }
}

/// <summary>Which store a cluster is on.</summary>
public enum StoreKind
{
    /// <summary>The embedded one.</summary>
    Embedded,

    /// <summary>A redis-server of the test's own.</summary>
    Redis,
}

/// <summary>What a test looks at of an agent.</summary>
internal sealed record AgentSeen(string Id, string Status, long Incarnation, int Failures, long Restarts, string? Silo, JsonElement Progress, string? LastReason)
{
    /// <summary>How far a reader is.</summary>
    public long Lines => Progress is { ValueKind: JsonValueKind.Object } && Progress.TryGetProperty("lines", out var lines) ? lines.GetInt64() : 0;

    public static AgentSeen Of(JsonElement json) => new(
        json.GetProperty("id").GetString()!,
        json.GetProperty("status").GetString()!,
        json.GetProperty("incarnation").GetInt64(),
        json.GetProperty("consecutiveFailures").GetInt32(),
        json.GetProperty("totalRestarts").GetInt64(),
        json.GetProperty("silo").GetString(),
        json.GetProperty("progress"),
        json.GetProperty("lastFailure") is { ValueKind: JsonValueKind.Object } failure ? failure.GetProperty("reason").GetString() : null);
}
