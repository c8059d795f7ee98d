using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace OrleansHealing.Benchmarks;

/// <summary>The page over a fleet that is large and busy: how soon it is of use, whether it scrolls smoothly, and what viewers cost.</summary>
internal static class DashboardBenchmark
{
    private const int Opens = 5;
    private const int FurtherViewers = 20;
    private static readonly TimeSpan Scrolling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(20);

    /// <summary>As fast as a wheel is turned, px/s.</summary>
    private const int Wheel = 3_000;

    /// <summary>
    /// Scrolls the list and notes how far apart the frames are, ms; so many px/s, or by 0 from end to end in 2.4 s and back, so
    /// that each frame shows other rows.
    /// </summary>
    private const string Scroll =
        """
        ([ms, speed]) => new Promise(resolve => {
          const frame = document.querySelector('.frame');
          const gaps = [];
          const began = performance.now();
          let before = began;
          const step = now => {
            gaps.push(now - before);
            before = now;
            const way = frame.scrollHeight - frame.clientHeight;
            frame.scrollTop = speed ? ((now - began) * speed / 1000) % way : Math.abs(Math.sin((now - began) / 1500)) * way;
            if (now - began < ms) requestAnimationFrame(step); else resolve(gaps.slice(1));
          };
          requestAnimationFrame(step);
        })
        """;

    /// <summary>What a page could reach here at best: a list that is all there and never changes.</summary>
    private static readonly string PlainPage =
        $"<div class='frame' style='height:600px;overflow:auto'><table>{string.Concat(Enumerable.Repeat("<tr style='height:40px'><td>agent</td><td>healthy</td></tr>", 1_000))}</table></div>";

    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, int agents, double minutes, CancellationToken cancellation)
    {
        await using var fleet = await Fleet.StartAsync(store, 1, null, "--Healing:Heartbeat=00:00:02", "--Healing:Timeout=00:00:10");
        await SpawnAsync(fleet, agents, cancellation);
        var silo = fleet.Silos.Single();

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Array.Find(["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"], File.Exists),
            Args = ["--no-sandbox", "--js-flags=--expose-gc", "--enable-precise-memory-info"],
        });
        var paints = new List<double>();
        for (var i = 0; i < Opens; i++)
        {
            paints.Add(await PaintAsync(browser, fleet.UrlOf(silo), agents));
        }

        var page = await OpenAsync(browser, fleet.UrlOf(silo), agents);
        var wheel = await ScrollAsync(page, Wheel);
        var drag = await ScrollAsync(page, 0);
        var plain = await (await browser.NewContextAsync()).NewPageAsync();
        await plain.SetContentAsync(PlainPage);
        var best = await ScrollAsync(plain, Wheel);
        await plain.Context.CloseAsync();
        var heapBefore = await HeapAsync(page);
        await Task.Delay(TimeSpan.FromMinutes(minutes), cancellation);
        var heapAfter = await HeapAsync(page);

        var one = await CpuAsync(fleet, silo, cancellation);
        using var viewers = new Viewers($"{fleet.UrlOf(silo)}/api/v1/live", FurtherViewers);
        await viewers.AllHaveReadAsync(cancellation);
        var many = await CpuAsync(fleet, silo, cancellation);
        var beats = await BeatsAsync(fleet, cancellation);
        return
        [
            new(store, $"heartbeats of {agents} agents", beats, "/s", "5000"),
            new(store, "first useful paint, median", Report.Percentile(paints, 0.5), "s", "1"),
            new(store, "frames of a plain list, in the same browser", best.Length / (best.Sum() / 1000), "/s"),
            new(store, "frames while scrolling by the wheel and updating", wheel.Length / (wheel.Sum() / 1000), "/s", "60"),
            new(store, "gap between these frames, p50", Report.Percentile(wheel, 0.5), "ms"),
            new(store, "gap between these frames, p99", Report.Percentile(wheel, 0.99), "ms"),
            new(store, "frames while the bar is dragged from end to end", drag.Length / (drag.Sum() / 1000), "/s"),
            new(store, "the page's heap at first", heapBefore, "MB"),
            new(store, $"the page's heap {minutes.ToString(CultureInfo.InvariantCulture)} min later", heapAfter, "MB"),
            new(store, "the silo's processor with one viewer", one * 100, "%"),
            new(store, $"a further viewer, of {FurtherViewers}", (many - one) * 100 / FurtherViewers, "%", "1"),
        ];
    }

    private static async Task SpawnAsync(Fleet fleet, int agents, CancellationToken cancellation)
    {
        var path = Path.Combine(fleet.Root, "text.txt");
        await File.WriteAllLinesAsync(path, Enumerable.Repeat("one two three four", 100_000), cancellation);
        await Parallel.ForEachAsync(Enumerable.Range(0, agents), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellation }, async (i, _) =>
            await fleet.PostAsync("/agents", new { id = $"agent-{i:00000}", kind = "data-processing", settings = new { path, linesPerSecond = 0.1 } }));
        await Fleet.UntilAsync(
            $"{agents} healthy agents", async () => (await fleet.GetAsync("/overview")).GetProperty("byStatus").GetProperty("healthy").GetInt64() == agents);
    }

    /// <summary>From the navigation to the numbers, the cells and the list with everybody in it, seconds.</summary>
    private static async Task<double> PaintAsync(IBrowser browser, string url, int agents)
    {
        var page = await OpenAsync(browser, url, agents);
        var seconds = await page.EvaluateAsync<double>("performance.now() / 1000");
        await page.Context.CloseAsync();
        return seconds;
    }

    private static async Task<IPage> OpenAsync(IBrowser browser, string url, int agents)
    {
        var page = await (await browser.NewContextAsync()).NewPageAsync();
        await page.GotoAsync(url);
        await page.WaitForFunctionAsync(
            "text => document.getElementById('found')?.textContent === text && document.querySelectorAll('.agents tbody tr').length > 5",
            $"{agents.ToString("N0", CultureInfo.InvariantCulture)} agents",
            new PageWaitForFunctionOptions { Timeout = 60_000 });
        return page;
    }

    private static Task<double[]> ScrollAsync(IPage page, int speed) =>
        page.EvaluateAsync<double[]>(Scroll, new[] { Scrolling.TotalMilliseconds, speed });

    private static Task<double> HeapAsync(IPage page) => page.EvaluateAsync<double>("() => { gc(); return performance.memory.usedJSHeapSize / 1e6; }");

    private static async Task<double> BeatsAsync(Fleet fleet, CancellationToken cancellation)
    {
        var (began, before) = (Stopwatch.GetTimestamp(), await CountAsync());
        await Task.Delay(TimeSpan.FromSeconds(10), cancellation);
        return (await CountAsync() - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;

        async Task<long> CountAsync() => (await fleet.GetAsync("/overview")).GetProperty("beats").GetInt64();
    }

    /// <summary>The share of one core that a silo's process takes.</summary>
    private static async Task<double> CpuAsync(Fleet fleet, string silo, CancellationToken cancellation)
    {
        var (began, before) = (Stopwatch.GetTimestamp(), fleet.CpuOf(silo));
        await Task.Delay(Measured, cancellation);
        return (fleet.CpuOf(silo) - before) / Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Who reads the live stream and looks at nothing.</summary>
    private sealed class Viewers : IDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1000 });
        private readonly Task[] _first;

        public Viewers(string url, int count)
        {
            var first = Enumerable.Range(0, count).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
            _first = [.. first.Select(f => f.Task)];
            foreach (var seen in first)
            {
                _ = ReadAsync(url, seen);
            }
        }

        public Task AllHaveReadAsync(CancellationToken cancellation) => Task.WhenAll(_first).WaitAsync(TimeSpan.FromSeconds(60), cancellation);

        public void Dispose()
        {
            _end.Cancel();
            _end.Dispose();
            _http.Dispose();
        }

        private async Task ReadAsync(string url, TaskCompletionSource seen)
        {
            try
            {
                using var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, _end.Token);
                await using var stream = await response.Content.ReadAsStreamAsync(_end.Token);
                var buffer = new byte[64 * 1024];
                while (await stream.ReadAsync(buffer, _end.Token) > 0)
                {
                    seen.TrySetResult();
                }

                seen.TrySetException(new InvalidOperationException("The live stream ended."));
            }
            catch (Exception e) when (!_end.IsCancellationRequested)
            {
                seen.TrySetException(e);
            }
            catch (OperationCanceledException)
            {
                // It is over.
            }
        }
    }
}
