using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace OrleansHealing.Silo.Healing;

/// <summary>A redis-server of one's own on a free loopback port, with an append-only file. It can be killed and started again.</summary>
internal sealed partial class RedisServer : IAsyncDisposable
{
    // Below 32768, where the ephemeral ports of Linux begin: a client that dials a dead ephemeral port over and over is in the
    // end given that port as its own end, talks to itself, and keeps the server from coming back.
    private const int FirstPort = 20_000;
    private const int LastPort = 29_999;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string _program;
    private readonly string _directory = Directory.CreateTempSubdirectory("healing-redis-").FullName;
    private Process? _process;

    private RedisServer(string program) => _program = program;

    /// <summary>Where redis-server is on the path; null where it is not installed.</summary>
    public static string? Program => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);

    public int Port { get; } = FreePort();

    public int Pid => _process!.Id;

    public string Endpoint => $"127.0.0.1:{Port}";

    /// <summary>What clients have to say; null for none.</summary>
    public string? Password { get; private set; }

    public string ConnectionString => Password is null ? Endpoint : $"{Endpoint},password={Password}";

    /// <summary>Starts <paramref name="program"/> with more <paramref name="options"/>, and waits until it listens.</summary>
    public static async Task<RedisServer> LaunchAsync(string program, params string[] options)
    {
        var server = new RedisServer(program);
        await server.RunAsync(options);
        return server;
    }

    /// <summary>SIGSTOP: connections stay and nothing is answered.</summary>
    public Task FreezeAsync() => Signals.SendAsync("STOP", Pid);

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync() => Signals.SendAsync("CONT", Pid);

    /// <summary>kill -9. What it acknowledged is in the file system.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Starts it on its port and its data, at first and after it was killed.</summary>
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
        _process?.Dispose();
        _process = Process.Start(info)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        var watch = Stopwatch.StartNew();
        while (!IsListening(Port))
        {
            if (_process.HasExited || watch.Elapsed > StartLimit)
            {
                throw new InvalidOperationException($"redis-server does not listen on {Port} after {watch.Elapsed.TotalSeconds:0} s.");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>One command of an administrator.</summary>
    public async Task<RedisResult> ExecuteAsync(string command, params object[] arguments)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(ConnectionString + ",allowAdmin=true");
        return await connection.GetDatabase().ExecuteAsync(command, arguments);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process!.Dispose();
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

    /// <summary>A free port that no client is given as its own end.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(FirstPort, LastPort + 1);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another of the ten thousand is free.
            }
        }
    }
}
