using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>A Prometheus of one's own on a free loopback port, with the configuration that is shipped.</summary>
internal sealed partial class PrometheusServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("healing-prometheus-").FullName;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };
    private readonly Process _process;

    private PrometheusServer(IEnumerable<string> targets)
    {
        // The shipped one, but for whom it scrapes and how often.
        var list = string.Join(", ", targets.Select(t => $"'{t}'"));
        var configuration = Seconds().Replace(Targets().Replace(File.ReadAllText(Deployed.Configuration), $"targets: [{list}]"), "_interval: 1s");
        File.WriteAllText(Path.Combine(_folder, "prometheus.yml"), configuration);
        File.Copy(Deployed.Rules, Path.Combine(_folder, Path.GetFileName(Deployed.Rules)));
        Url = $"http://127.0.0.1:{RedisServer.FreePort()}";
        _process = Process.Start(new ProcessStartInfo(Find("prometheus")!)
        {
            RedirectStandardError = true,
            ArgumentList =
            {
                $"--config.file={_folder}/prometheus.yml", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address={new Uri(Url).Authority}", "--log.level=warn",
            },
        })!;
        _process.ErrorDataReceived += (_, line) => Said += line.Data + Environment.NewLine;
        _process.BeginErrorReadLine();
    }

    public string Url { get; }

    public string Said { get; private set; } = "";

    /// <summary>Starts one, or skips the test where there is none.</summary>
    public static async Task<PrometheusServer> StartAsync(IEnumerable<string> targets)
    {
        Assert.SkipWhen(Find("prometheus") is null, "prometheus is not installed: apt-get install prometheus");
        var server = new PrometheusServer(targets);
        await Eventually.SeeAsync("Prometheus to be ready", server.TryReadyAsync, isReady => isReady || server._process.HasExited);
        Assert.False(server._process.HasExited, server.Said);
        return server;
    }

    /// <summary>What its API answers to a question, the <c>data</c> of it.</summary>
    public async Task<JsonElement> AskAsync(string question)
    {
        using var response = await _http.GetAsync($"{Url}/api/v1/{question}", TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{question}: {answer}");
        return answer.GetProperty("data");
    }

    /// <summary>The values of a query now, one of each series.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string query) =>
        [.. (await AskAsync($"query?query={Uri.EscapeDataString(query)}")).GetProperty("result").EnumerateArray().Select(r => r.GetProperty("value")[1].GetString()!)];

    /// <summary>A page of its own; null where it has no such page.</summary>
    public async Task<string?> PageAsync(string path)
    {
        using var response = await _http.GetAsync(Url + path, TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : null;
    }

    /// <summary>Where a program is on the path; null where it is not.</summary>
    public static string? Find(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> TryReadyAsync()
    {
        try
        {
            return await PageAsync("/-/ready") is not null;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"targets: \[.*\]")]
    private static partial Regex Targets();

    [GeneratedRegex("_interval: [0-9]+s")]
    private static partial Regex Seconds();
}
