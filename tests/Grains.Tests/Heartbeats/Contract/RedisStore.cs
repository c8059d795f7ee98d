using System.Diagnostics;
using System.Net.Sockets;
using OrleansHealing.Tests.Heartbeats.Contract;

[assembly: AssemblyFixture(typeof(RedisStore))]

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>A redis-server of the tests' own, on a free port of the loopback.</summary>
public sealed class RedisStore : StoreServer
{
    private static readonly string? Executable = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "redis-server.exe" : "redis-server"))
        .FirstOrDefault(File.Exists);

    private Process? _process;

    public override string? Missing =>
        Executable is null ? "There is no redis-server on the PATH: apt-get install redis-server (or brew install redis)." : null;

    protected override async Task<string> StartAsync(int port)
    {
        _process = Process.Start(new ProcessStartInfo(Executable!)
        {
            ArgumentList = { "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--logfile", "/dev/null" },
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("redis-server did not start.");
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return $"127.0.0.1:{port}";
            }
            catch (SocketException e)
            {
                Assert.True(
                    watch.Elapsed < TimeSpan.FromSeconds(30) && !_process.HasExited,
                    $"Awaited that redis-server accepts connections on port {port}; seen: {e.Message}, ended: {_process.HasExited}");
                await Task.Delay(20);
            }
        }
    }

    protected override async Task StopAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
