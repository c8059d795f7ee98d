using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using OrleansHealing.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks;

/// <summary>Silos as processes of their own on a store of their own, and an observer's connection to that store.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _root = Directory.CreateTempSubdirectory("healing-bench-").FullName;
    private readonly ConcurrentBag<Process> _processes = [];
    private readonly ConcurrentDictionary<string, Process> _silos = new();
    private readonly ConcurrentDictionary<string, string> _urls = new();
    private readonly HttpClient _http = new();
    private readonly string[] _storeOptions;
    private readonly bool _isEmbedded;
    private int _started;

    private Fleet(string store)
    {
        _isEmbedded = store == "embedded";
        if (_isEmbedded)
        {
            _storeOptions = ["--store-directory", Path.Combine(_root, "store"), "--Healing:EmbeddedStore:Linger=00:00:05"];
        }
        else
        {
            var port = FreePort();
            Start("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", _root, "--appendonly", "yes", "--save", ""], _ => { });
            _storeOptions = [$"--ConnectionStrings:redis=127.0.0.1:{port}"];
        }
    }

    /// <summary>The observer's connection.</summary>
    public IConnectionMultiplexer Store { get; private set; } = null!;

    public string Root => _root;

    public IEnumerable<string> Silos => _silos.Keys;

    public static async Task<Fleet> StartAsync(string store, int silos)
    {
        var fleet = new Fleet(store);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, silos).Select(_ => fleet.AddSiloAsync()));
            fleet.Store = await fleet.ConnectAsync();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async Task AddSiloAsync()
    {
        var name = $"silo-{Interlocked.Increment(ref _started)}";
        var up = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var program = Path.Combine(AppContext.BaseDirectory, "OrleansHealing.Silo.dll");
        var process = Start("dotnet", [program, "--silo-name", name, "--with-parent", .. _storeOptions, "--Logging:LogLevel:OrleansHealing=Warning"], line =>
        {
            if (line.StartsWith($"{name} is up. Dashboard: ", StringComparison.Ordinal))
            {
                up.TrySetResult(line.Split(' ')[4]);
            }
        });
        _silos[name] = process;
        _urls[name] = await up.Task.WaitAsync(Patience);
    }

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

    public async Task PostAsync(string path, object body)
    {
        using var response = await _http.PostAsJsonAsync($"{_urls.Values.First()}/api/v1{path}", body);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"POST {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
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

    public Task HealthyAsync(int count) => UntilAsync(
        $"{count} healthy agents", async () => (await AgentsAsync()).Count(a => a.GetProperty("status").GetString() == "healthy") == count);

    public async ValueTask DisposeAsync()
    {
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        _http.Dispose();
        if (_isEmbedded && EmbeddedStoreEndpoint.TryRead(Path.Combine(_root, "store"), out var endpoint))
        {
            _processes.Add(Process.GetProcessById(endpoint.Pid));
        }

        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        Directory.Delete(_root, recursive: true);
    }

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        var connection = _isEmbedded && EmbeddedStoreEndpoint.TryRead(_storeOptions[1], out var endpoint)
            ? endpoint.ConnectionString
            : _storeOptions[0].Split('=', 2)[1];
        return await ConnectionMultiplexer.ConnectAsync(connection);
    }

    private Process Start(string program, IEnumerable<string> arguments, Action<string> line)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, output) => line(output.Data ?? "");
        process.ErrorDataReceived += (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
