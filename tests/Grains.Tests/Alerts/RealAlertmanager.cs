using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace OrleansHealing.Tests.Alerts;

/// <summary>Prometheus's Alertmanager as Debian ships it, on a free port of the loopback.</summary>
internal sealed class RealAlertmanager : IAsyncDisposable
{
    private const string Executable = "/usr/bin/prometheus-alertmanager";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("alertmanager-");
    private readonly HttpClient _http = new();
    private Process _process = null!;

    public Uri Url { get; private set; } = null!;

    public static async Task<RealAlertmanager> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Executable), "There is no Alertmanager: apt-get install prometheus-alertmanager.");
        var server = new RealAlertmanager();
        await server.RunAsync();
        return server;
    }

    /// <summary>The alerts that it holds to be open.</summary>
    public async Task<IReadOnlyList<JsonElement>> ActiveAsync() =>
        [.. (await _http.GetFromJsonAsync<JsonElement>(new Uri(Url, "api/v2/alerts?active=true"), TestContext.Current.CancellationToken)).EnumerateArray()];

    /// <summary>It is started anew, and has forgotten all but its silences.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task RunAsync()
    {
        var configuration = Path.Combine(_directory.FullName, "alertmanager.yml");
        await File.WriteAllTextAsync(configuration, "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n");
        Url = new Uri($"http://127.0.0.1:{FreePort()}/");
        _process = Process.Start(new ProcessStartInfo(Executable)
        {
            ArgumentList =
            {
                $"--config.file={configuration}", $"--storage.path={_directory.FullName}", $"--web.listen-address={Url.Authority}", "--cluster.listen-address=",
                "--log.level=error",
            },
        }) ?? throw new InvalidOperationException("The Alertmanager did not start.");
        var watch = Stopwatch.StartNew();
        while (!await IsReadyAsync())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30) && !_process.HasExited, $"Awaited that the Alertmanager is ready; ended: {_process.HasExited}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await _http.GetAsync(new Uri(Url, "-/ready"), TestContext.Current.CancellationToken)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task StopAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
