using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OrleansHealing.Silo.Healing;

/// <summary>A redis-server of the test's own on a free loopback port, with an append-only file.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    private RedisServer(Process process, string directory, int port)
    {
        _process = process;
        _directory = directory;
        Port = port;
    }

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Starts one, or skips the test where there is no redis-server.</summary>
    public static async Task<RedisServer> StartAsync(params string[] options)
    {
        var program = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "redis-server is not installed: apt-get install redis-server");

        var directory = Directory.CreateTempSubdirectory("healing-redis-").FullName;
        var port = FreePort();
        var info = new ProcessStartInfo(program!)
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--port", $"{port}", "--bind", "127.0.0.1", "--dir", directory, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
            },
        };
        foreach (var option in options)
        {
            info.ArgumentList.Add(option);
        }

        var process = Process.Start(info)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var server = new RedisServer(process, directory, port);
        await Eventually.SeeAsync($"redis-server on {port} to listen", () => Task.FromResult(IsListening(port)), listens => listens);
        return server;
    }

    /// <summary>SIGSTOP: connections stay and nothing is answered.</summary>
    public Task FreezeAsync() => Signals.SendAsync("STOP", _process.Id);

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync() => Signals.SendAsync("CONT", _process.Id);

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
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
