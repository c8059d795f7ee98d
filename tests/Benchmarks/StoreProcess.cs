using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OrleansHealing.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks;

/// <summary>The store as a process that a benchmark may kill and bring back: nobody else looks after it.</summary>
internal sealed class StoreProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ProcessStartInfo _command;
    private readonly string? _directory;
    private StoreProcess? _replica;
    private Process? _process;

    private StoreProcess(ProcessStartInfo command, string? directory, int port)
    {
        _command = command;
        _directory = directory;
        Port = port;
        _process = Start();
    }

    public int Port { get; private set; }

    /// <summary>Where clients may find it: at the replica's port too, if there is one.</summary>
    public IEnumerable<int> Ports => _replica is null ? [Port] : [Port, _replica.Port];

    /// <summary>The store's password; null where it has none.</summary>
    public string? Password { get; private set; }

    /// <summary>What comes after the address in its connection string.</summary>
    public string Suffix => Password is null ? "" : $",password={Password}";

    /// <summary>Starts the embedded store, or a redis-server with the durability of docker-compose.yml.</summary>
    /// <param name="kind">embedded or redis.</param>
    /// <param name="root">Where it may write.</param>
    /// <param name="hasReplica">Whether a redis-server has a replica, which takes over from it.</param>
    public static async Task<StoreProcess> StartAsync(string kind, string root, bool hasReplica)
    {
        StoreProcess store;
        if (kind == "embedded")
        {
            var directory = Directory.CreateDirectory(Path.Combine(root, "store")).FullName;
            var program = Path.Combine(AppContext.BaseDirectory, "OrleansHealing.Silo.dll");
            store = new StoreProcess(new("dotnet", [program, "embedded-store", "--directory", directory, "--linger-seconds", "3600"]), directory, 0);
        }
        else
        {
            store = StartRedis(Path.Combine(root, "redis"));
        }

        await store.ListensAsync();
        if (kind != "embedded" && hasReplica)
        {
            store._replica = StartRedis(Path.Combine(root, "replica"), "--replicaof", "127.0.0.1", $"{store.Port}");
            await store._replica.ListensAsync();
            await store.ExecuteAsync("WAIT", "1", $"{(int)Patience.TotalMilliseconds}");
        }

        return store;
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>After it was killed: its replica becomes the store, where there is one; otherwise the same once more, with what it had kept.</summary>
    public async Task ComeBackAsync()
    {
        if (_replica is not null)
        {
            await _replica.ExecuteAsync("REPLICAOF", "NO", "ONE");
            return;
        }

        _process = Start();
        await ListensAsync();
    }

    public void Dispose()
    {
        Kill();
        _replica?.Dispose();
    }

    private static StoreProcess StartRedis(string directory, params string[] options)
    {
        var port = FreePort();
        Directory.CreateDirectory(directory);
        return new StoreProcess(
            new("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", directory, "--appendonly", "yes", "--save", "", .. options]), null, port);
    }

    private async Task ExecuteAsync(string command, params object[] arguments)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{Port},allowAdmin=true,syncTimeout=60000,asyncTimeout=60000");
        await connection.GetDatabase().ExecuteAsync(command, arguments);
    }

    private Process Start()
    {
        _command.RedirectStandardOutput = _command.RedirectStandardError = true;
        var process = Process.Start(_command)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task ListensAsync()
    {
        var began = Stopwatch.StartNew();
        while (began.Elapsed < Patience)
        {
            if (_directory is not null && EmbeddedStoreEndpoint.TryRead(_directory, out var endpoint))
            {
                (Port, Password) = (endpoint.Port, endpoint.Password);
            }

            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
            {
                await Task.Delay(20);
            }
        }

        throw new TimeoutException($"Awaited for {Patience}: the store to listen.");
    }

    /// <summary>Below the ephemeral ports: whoever dials a dead one of those on its own machine may end up talking to itself.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another one.
            }
        }
    }
}
