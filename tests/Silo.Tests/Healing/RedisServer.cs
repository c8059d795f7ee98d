using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace OrleansHealing.Silo.Healing;

/// <summary>A redis-server of the test's own on a free loopback port, with an append-only file.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly string _program;
    private readonly string _directory;
    private Process _process = null!;

    private RedisServer(string program, string directory, int port)
    {
        _program = program;
        _directory = directory;
        Port = port;
    }

    public int Port { get; }

    public string Endpoint => $"127.0.0.1:{Port}";

    /// <summary>What clients have to say; null for none.</summary>
    public string? Password { get; private set; }

    public string ConnectionString => Password is null ? Endpoint : $"{Endpoint},password={Password}";

    /// <summary>Starts one, or skips the test where there is no redis-server.</summary>
    public static async Task<RedisServer> StartAsync(params string[] options)
    {
        var program = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "redis-server is not installed: apt-get install redis-server");

        var server = new RedisServer(program!, Directory.CreateTempSubdirectory("healing-redis-").FullName, FreePort());
        await server.RunAsync(options);
        return server;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>Starts it on its port and its data, after it was killed.</summary>
    public async Task RunAsync(params string[] options)
    {
        var info = new ProcessStartInfo(_program)
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _directory, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
            },
        };
        foreach (var option in options)
        {
            info.ArgumentList.Add(option);
        }

        Password = options.SkipWhile(o => o != "--requirepass").Skip(1).FirstOrDefault();
        _process = Process.Start(info)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        await Eventually.SeeAsync($"redis-server on {Port} to listen", () => Task.FromResult(IsListening(Port)), listens => listens);
    }

    /// <summary>One command of an administrator.</summary>
    public async Task<RedisResult> ExecuteAsync(string command, params object[] arguments)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(ConnectionString + ",allowAdmin=true");
        return await connection.GetDatabase().ExecuteAsync(command, arguments);
    }

    /// <summary>SIGSTOP: connections stay and nothing is answered.</summary>
    public Task FreezeAsync() => Signals.SendAsync("STOP", _process.Id);

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync() => Signals.SendAsync("CONT", _process.Id);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await KillAsync();
        }
        catch (InvalidOperationException)
        {
            // The test killed it.
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static bool IsListening(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
