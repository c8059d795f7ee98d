using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OrleansHealing.Silo.Browser;

/// <summary>The page as a person has it: in a browser, on silos that run.</summary>
[Collection(nameof(BrowserFleet))]
public sealed class DashboardTests(BrowserFleet fleet) : IAsyncDisposable
{
    private readonly List<string> _complaints = [];

    public async ValueTask DisposeAsync() => await fleet.ClosePagesAsync();

    [Fact]
    public async Task Spawn_ByTheForm_ThenCrashed_GoesThroughItsStatesWithoutAReload()
    {
        var page = await fleet.OpenAsync("spawn", _complaints);
        await page.GetByRole(AriaRole.Button, new() { Name = "Spawn", Exact = true }).ClickAsync();
        await Expect(page.Locator("#f-id-more .fault")).ToContainTextAsync("must be 1 to 128 characters");
        await Expect(page.Locator("#f-settings-path-more .fault")).ToContainTextAsync("must be given");

        await page.FillAsync("#f-id", "made-by-hand");
        await page.FillAsync("#f-settings-path", fleet.Path);
        await page.FillAsync("#f-settings-linesPerSecond", "20");
        await page.GetByRole(AriaRole.Button, new() { Name = "Spawn", Exact = true }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("made-by-hand");
        await Expect(page.Locator(".title .status")).ToContainTextAsync("healthy");
        await page.EvaluateAsync("window.sameDocument = true");

        await page.GetByRole(AriaRole.Button, new() { Name = "Crash", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Crash it" }).ClickAsync();
        await Expect(page.Locator(".toast", new() { HasText = "is forced on incarnation 1" })).ToBeVisibleAsync();
        await Expect(page.Locator(".lanes li")).ToHaveCountAsync(2);
        await Expect(page.Locator(".lanes li").Nth(1)).ToContainTextAsync("healed in");
        await Expect(page.Locator(".title .status")).ToContainTextAsync("healthy");

        // The second failure in a row waits, and is seen to.
        await page.GetByRole(AriaRole.Button, new() { Name = "Crash", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Crash it" }).ClickAsync();
        await Expect(page.Locator(".title .status")).ToContainTextAsync("backing off");
        await Expect(page.GetByText("Is started again in")).ToBeVisibleAsync();
        await Expect(page.Locator(".title .status")).ToContainTextAsync("healthy");
        await Expect(page.Locator(".lanes li")).ToHaveCountAsync(3);

        await page.Locator(".why-button").First.ClickAsync();
        await Expect(page.Locator(".explanation")).ToContainTextAsync("Decided again on what was recorded, it is the same.");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
        Assert.DoesNotContain(_complaints, c => !c.Contains("400", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_ThenAll_ArePausedAndResumedTogether()
    {
        await Task.WhenAll(Enumerable.Range(1, 4).Select(i => fleet.SpawnAsync($"bulk-{i}")));
        var page = await fleet.OpenAsync("?q=bulk-", _complaints);
        await Expect(page.Locator("#found")).ToHaveTextAsync("4 agents");
        await page.FillAsync("input[type=search]", "bulk- status:healthy -id:bulk-4");
        await Expect(page.Locator("#found")).ToHaveTextAsync("3 agents");
        Assert.Contains("q=bulk-", page.Url, StringComparison.Ordinal);

        await page.GetByLabel("Select all that match (3)").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Pause: 3 agents?" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause (3)" }).ClickAsync();
        await Expect(page.Locator(".toast")).ToContainTextAsync("done of 3 of 3 agents");

        // The three that the search before has found may still be there, until the page hears that they rest.
        await page.FillAsync("input[type=search]", "bulk- status:paused");
        await Expect(page).ToHaveURLAsync(new Regex("status%3Apaused"));
        await Expect(page.Locator("#found")).ToHaveTextAsync("3 agents");
        await page.GetByLabel("Select all that match (3)").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume (3)" }).ClickAsync();
        await page.FillAsync("input[type=search]", "bulk- status:healthy");
        await Expect(page.Locator("#found")).ToHaveTextAsync("4 agents");

        await page.FillAsync("input[type=search]", "status:nonsense");
        await Expect(page.Locator("#found .fault")).ToContainTextAsync("There is no status nonsense");
        Assert.Empty(_complaints);
    }

    /// <summary>Rows are filled anew as the list changes and scrolls; whoever works in one by keyboard does not lose it.</summary>
    [Fact]
    public async Task FocusInARow_StaysWithItsAgentWhileTheListChanges()
    {
        await Task.WhenAll(fleet.SpawnAsync("focus-1"), fleet.SpawnAsync("focus-2"));
        var page = await fleet.OpenAsync("?q=focus-", _complaints);
        await Expect(page.Locator("#found")).ToHaveTextAsync("2 agents");
        var row = page.GetByLabel("Select focus-2", new() { Exact = true });
        await row.FocusAsync();

        await page.Keyboard.PressAsync("Space");
        await Expect(row).ToBeCheckedAsync();
        await Expect(row).ToBeFocusedAsync();
        await fleet.SpawnAsync("focus-0");
        await Expect(page.Locator("#found")).ToHaveTextAsync("3 agents");
        await Expect(row).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Space");

        await Expect(row).Not.ToBeCheckedAsync();
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Keyboard_Alone_FindsAnAgentAndCrashesIt()
    {
        await fleet.SpawnAsync("by-keyboard");
        var page = await fleet.OpenAsync("?q=by-keyboard", _complaints);
        await Expect(page.Locator("#found")).ToHaveTextAsync("1 agent");

        await TabToAsync(page, "by-keyboard");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("by-keyboard");
        await TabToAsync(page, "Crash");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("dialog")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("dialog")).ToHaveCountAsync(0);
        await TabToAsync(page, "Crash");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "Crash it");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".lanes li")).ToHaveCountAsync(2);
        Assert.Empty(_complaints);
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light, Explicit = true)]
    [InlineData(1280, ColorScheme.Dark, Explicit = true)]
    [InlineData(320, ColorScheme.Light)]
    public async Task EveryView_IsAccessibleAndFits(int width, ColorScheme scheme)
    {
        var id = $"seen-{width}-{scheme}".ToLowerInvariant();
        await fleet.SpawnAsync(id);
        var page = await fleet.OpenAsync("", _complaints, width: width, scheme: scheme);
        foreach (var view in new[] { "", "?view=cards", $"agents/{id}", "agents/nobody", "actions", "causes", "alerts", "charts", "silos", "spawn" })
        {
            await page.EvaluateAsync("view => location.hash = `#/${view}`", view);
            await Expect(page.Locator("main h1").First).ToBeAttachedAsync();
            await Expect(page.GetByText("Asking …")).ToHaveCountAsync(0);

            var result = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
            Assert.True(
                result.Violations.Length == 0,
                $"{view} at {width} in {scheme}: {string.Join("; ", result.Violations.Select(v => $"{v.Id}: {v.Help} ({string.Join(", ", v.Nodes.Take(3).Select(n => n.Html))})"))}");
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth + 1"), $"{view} is wider than {width}");
        }

        Assert.DoesNotContain(_complaints, c => !c.Contains("404", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Actions_OlderThanAPage_AreShownWhenAskedFor()
    {
        await fleet.SpawnAsync("older");
        foreach (var _ in Enumerable.Range(0, 70))
        {
            await fleet.Cluster.PostAsync("/agents/older/pause");
            await fleet.Cluster.PostAsync("/agents/older/resume");
        }

        // As it is with pages of 1,000, in less time: a page holds 50.
        var page = await fleet.OpenAsync("", _complaints);
        await page.RouteAsync("**/api/v1/actions?limit=1000*", r => r.ContinueAsync(new() { Url = r.Request.Url.Replace("limit=1000", "limit=50", StringComparison.Ordinal) }));
        await page.EvaluateAsync("location.hash = '#/actions?q=by%20http'");
        var (spawned, found) = (page.Locator(".actions li", new() { HasText = "older" }).Filter(new() { HasText = "spawned" }), page.Locator("#found"));
        await Expect(found).ToContainTextAsync("since");
        await Expect(spawned).ToHaveCountAsync(0);

        var older = page.GetByRole(AriaRole.Button, new() { Name = "Older ones" });
        while (await spawned.CountAsync() == 0)
        {
            await older.ClickAsync();
            await Expect(page.GetByText("Asking …")).ToHaveCountAsync(0);
        }

        // Each order that is searched for is there once: none is lost where a page ends.
        await Expect(page.Locator(".actions li", new() { HasText = "older" }).Filter(new() { HasText = "paused" })).ToHaveCountAsync(70);
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task SiloOfThePage_IsKilledFromThePage_ThePageGoesOnOnAnother()
    {
        await fleet.SpawnAsync("stays");
        var doomed = await fleet.Cluster.AddSiloAsync();
        var page = await fleet.OpenAsync("agents/stays", _complaints, doomed);
        await Expect(page.Locator(".title .status")).ToContainTextAsync("healthy");
        // As of a silo that joined after the page was loaded, whose policy then does not list it.
        var unlisted = await fleet.OpenAsync(
            "agents/stays",
            _complaints,
            p => p.RouteAsync(doomed.Url + "/", async route =>
            {
                var response = await route.FetchAsync();
                var policy = string.Join("; ", response.Headers["content-security-policy"].Split("; ").Select(d => d.StartsWith("connect-src", StringComparison.Ordinal) ? "connect-src 'self'" : d));
                await route.FulfillAsync(new() { Response = response, Headers = new Dictionary<string, string>(response.Headers) { ["content-security-policy"] = policy } });
            }),
            doomed);
        await Expect(unlisted.Locator(".title .status")).ToContainTextAsync("healthy");
        var silos = await fleet.OpenAsync("silos", _complaints);

        await silos.GetByRole(AriaRole.Button, new() { Name = $"Kill {doomed.Name}", Exact = true }).ClickAsync();
        await silos.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "Kill", Exact = true }).ClickAsync();
        await doomed.EndedAsync();

        await Expect(page.Locator(".badge")).Not.ToHaveTextAsync("Live");
        await Expect(page.Locator(".badge")).ToHaveTextAsync("Live");
        await Expect(page.Locator("h1")).ToHaveTextAsync("stays");
        await Expect(silos.Locator("tr", new() { HasText = doomed.Name! })).ToContainTextAsync("dead");
        Assert.False(page.Url.StartsWith(doomed.Url!, StringComparison.Ordinal), page.Url);
        await Expect(unlisted).Not.ToHaveURLAsync(new Regex($"^{Regex.Escape(doomed.Url!)}"));
        await Expect(unlisted.Locator("h1")).ToHaveTextAsync("stays");
    }

    /// <summary>The page comes again with the policy of whoever has a key, so the other silos may be asked whether they live.</summary>
    [Fact]
    public async Task SiloOfAPageThatWasSignedInTo_IsKilled_ThePageGoesOnOnOneThatLives()
    {
        const string key = "0123456789abcdef-ada";
        await fleet.SpawnAsync("signed-in");
        var doomed = await fleet.Cluster.AddSiloAsync($"--Healing:Dashboard:ApiKeys={key}");
        var page = await fleet.OpenAsync("agents/signed-in", _complaints, _ => Task.CompletedTask, doomed);
        await page.GetByLabel("API key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.Locator(".title .status")).ToContainTextAsync("healthy");

        await doomed.KillAsync();

        await Expect(page).Not.ToHaveURLAsync(new Regex($"^{Regex.Escape(doomed.Url!)}"));
        await Expect(page.Locator("h1")).ToHaveTextAsync("signed-in");
        await Expect(page.Locator(".badge")).ToHaveTextAsync("Live");
        Assert.DoesNotContain(_complaints, c => c.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    /// <summary>Presses Tab until what has the focus reads so.</summary>
    private static async Task TabToAsync(IPage page, string text)
    {
        for (var i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string?>("document.activeElement?.textContent?.trim()") == text)
            {
                return;
            }
        }

        Assert.Fail($"Tab does not come to '{text}'.");
    }
}
