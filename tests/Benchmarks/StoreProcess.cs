using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OrleansHealing.Hosting;

namespace OrleansHealing.Benchmarks;

/// <summary>The store as a process that a benchmark may kill and start again: nobody else looks after it.</summary>
internal sealed class StoreProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ProcessStartInfo _command;
    private readonly string? _directory;
    private Process _process;

    private StoreProcess(ProcessStartInfo command, string? directory, int port)
    {
        _command = command;
        _directory = directory;
        Port = port;
        _process = Start();
    }

    public int Port { get; private set; }

    /// <summary>What comes after the address in its connection string.</summary>
    public string Suffix { get; private set; } = "";

    /// <summary>Starts the embedded store, or a redis-server with the durability of docker-compose.yml.</summary>
    public static async Task<StoreProcess> StartAsync(string kind, string root)
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
            var port = FreePort();
            store = new StoreProcess(
                new("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", root, "--appendonly", "yes", "--save", ""]), null, port);
        }

        await store.ListensAsync();
        return store;
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The same store once more, with what it had kept.</summary>
    public async Task StartAgainAsync()
    {
        _process = Start();
        await ListensAsync();
    }

    public void Dispose() => Kill();

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
                (Port, Suffix) = (endpoint.Port, $",password={endpoint.Password}");
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
    private static int FreePort()
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
