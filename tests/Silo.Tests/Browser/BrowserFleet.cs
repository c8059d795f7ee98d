using Microsoft.Playwright;
using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Silo.Browser;

/// <summary>The classes whose tests share the silos and the browser.</summary>
[CollectionDefinition(nameof(BrowserFleet))]
public sealed class BrowserTests : ICollectionFixture<BrowserFleet>;

/// <summary>Two real silos and a real Chromium.</summary>
public sealed class BrowserFleet : IAsyncLifetime
{
    private static readonly string? Chromium = Array.Find(["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"], File.Exists);

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private SiloCluster? _cluster;

    /// <summary>The silos; where there is no browser the test is skipped.</summary>
    internal SiloCluster Cluster
    {
        get
        {
            Assert.SkipWhen(_cluster is null, "Chromium is not installed: apt-get install chromium");
            return _cluster!;
        }
    }

    /// <summary>A text that a reader is busy with for the whole test.</summary>
    internal string Path => System.IO.Path.Combine(Cluster.Root, "text.txt");

    public async ValueTask InitializeAsync()
    {
        if (Chromium is null)
        {
            return;
        }

        _cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 2, SiloProgram.Real with
        {
            Environment = new Dictionary<string, string> { ["Healing__Dashboard__AllowKillingSilos"] = "true", ["Healing__ActionsKept"] = "2000", ["Healing__ProcessAgents__Enabled"] = "true", ["Healing__OrleansDashboard"] = "true" },
        });
        await File.WriteAllLinesAsync(Path, Enumerable.Range(0, 20_000).Select(i => $"line {i} of a text"));
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>A page of a silo that is live, in a browser profile of its own. What the page's scripts complain of is in <paramref name="complaints"/>.</summary>
    internal async Task<IPage> OpenAsync(string view, List<string> complaints, SiloProcess? silo = null, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await OpenAsync(view, complaints, _ => Task.CompletedTask, silo, width, scheme);
        await Assertions.Expect(page.Locator(".badge")).ToHaveTextAsync("Live");
        return page;
    }

    /// <summary>The same, whatever it shows first; <paramref name="prepare"/> puts other answers in the place of the silo's.</summary>
    internal async Task<IPage> OpenAsync(
        string view, List<string> complaints, Func<IPage, Task> prepare, SiloProcess? silo = null, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var url = (silo ?? Cluster.Silos[0]).Url;
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(30_000);
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        await prepare(page);
        await page.GotoAsync($"{url}/#/{view}");
        return page;
    }

    /// <summary>A page that is left open goes on to be live, at the cost of the next test.</summary>
    internal Task ClosePagesAsync() => Task.WhenAll(_browser?.Contexts.Select(c => c.CloseAsync()) ?? []);

    internal Task SpawnAsync(string id, object? policy = null) =>
        Cluster.SpawnAsync(id, "data-processing", new { path = Path, linesPerSecond = 20, checkpointEvery = 5 }, policy);
}
