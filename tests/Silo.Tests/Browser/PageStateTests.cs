using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OrleansHealing.Silo.Browser;

/// <summary>What the page keeps while the fleet changes, the line breaks and the address moves; where a silo would be slow to bring it about, in answers put in its place.</summary>
[Collection(nameof(BrowserFleet))]
public sealed class PageStateTests(BrowserFleet fleet) : IAsyncDisposable
{
    private readonly List<string> _complaints = [];

    public async ValueTask DisposeAsync() => await fleet.ClosePagesAsync();

    [Fact]
    public async Task Agent_ChangesItsStatus_WhatWasOpenedStaysOpenAndKeepsTheFocus()
    {
        await fleet.SpawnAsync("steady");
        var page = await fleet.OpenAsync("agents/steady", _complaints);
        await Expect(page.Locator(".title .status")).ToContainTextAsync("healthy");
        var why = page.GetByLabel("Why spawned");
        await why.ClickAsync();
        await Expect(page.Locator(".explanation")).ToHaveCountAsync(1);

        await fleet.Cluster.PostAsync("/agents/steady/pause");
        await Expect(page.Locator(".title .status")).ToContainTextAsync("paused");
        await Expect(page.Locator(".action.a-paused")).ToHaveCountAsync(1);

        await Expect(page.Locator(".explanation")).ToHaveCountAsync(1);
        await Expect(why).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).FocusAsync();
        await fleet.Cluster.PostAsync("/agents/steady/resume");
        await Expect(page.Locator(".title .status")).ToContainTextAsync("healthy");

        // The order that had the focus is none any more.
        await Expect(page.Locator(".orders")).ToBeFocusedAsync();
        await Expect(page.Locator(".explanation")).ToHaveCountAsync(1);
        Assert.Empty(_complaints);
    }

    /// <summary>A pause whose length cannot be read is none without an end; and an agent that is gone is not shown as it was.</summary>
    [Fact]
    public async Task Agent_PausedForNoNumberAndThenForgotten_RefusesTheOneAndShowsTheOther()
    {
        await fleet.SpawnAsync("forgotten");
        var page = await fleet.OpenAsync("agents/forgotten", _complaints);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).ClickAsync();
        await page.GetByLabel("For how many seconds").FillAsync("1h");
        await page.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).ClickAsync();
        await Expect(page.Locator(".toast")).ToContainTextAsync("forSeconds");
        await Expect(page.Locator(".title .status")).ToContainTextAsync("healthy");

        // Not really: whoever comes after one that is forgotten begins with a higher incarnation, for every test of this fleet.
        await page.RouteAsync("**/api/v1/agents/forgotten", r => Answer(r, 404, new { detail = "There is no agent 'forgotten'." }));

        await Expect(page.GetByText("There is no such agent")).ToBeVisibleAsync();
        await Expect(page.Locator(".title .status")).ToHaveCountAsync(0);
    }

    /// <summary>The address follows the text a moment later, and must not take back what was typed since.</summary>
    [Fact]
    public async Task Search_TypedAtTheSpeedOfThatMoment_LosesNoLetter()
    {
        const string text = "kind:ai no-one";
        await fleet.SpawnAsync("typed");
        var page = await fleet.OpenAsync("", _complaints);

        await page.FocusAsync("input[type=search]");
        await page.Keyboard.TypeAsync(text, new() { Delay = 205 });

        await Expect(page.Locator("input[type=search]")).ToHaveValueAsync(text);
        await Expect(page).ToHaveURLAsync(new Regex("no-one$"));
    }

    [Fact]
    public async Task AgentsByStatus_AreToldAsTheyAreAndNotAsTheyAreStacked()
    {
        var at = DateTimeOffset.UnixEpoch.AddYears(50);
        var samples = Enumerable.Range(0, 20).Select(i => new
        {
            at = at.AddSeconds(10 * i),
            seconds = 10,
            restarts = 0,
            failures = 0,
            byStatus = new { healthy = 5, paused = 3 },
        });
        var page = await fleet.OpenAsync("charts", _complaints, p => p.RouteAsync("**/api/v1/history*", r => Answer(r, 200, new { items = samples })));

        var chart = page.Locator("figure", new() { HasText = "Agents by status" });
        await chart.Locator(".u-over").HoverAsync();

        await Expect(chart.Locator(".u-series", new() { HasText = "healthy" }).Locator(".u-value")).ToHaveTextAsync("5");
        await Expect(chart.Locator(".u-series", new() { HasText = "paused" }).Locator(".u-value")).ToHaveTextAsync("3");
        await Expect(chart.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", "Agents by status; last: healthy 5, paused 3");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Alerts_AreToldWithWhoKnows_AndCanBeSilencedForAWhile()
    {
        var alert = new
        {
            key = "agent-quarantined/doomed",
            condition = "agent-quarantined",
            severity = "error",
            state = "firing",
            summary = "Agent 'doomed' was given up on (crashed)",
            details = "it broke <b>badly</b>",
            agentId = "doomed",
            beganAt = DateTimeOffset.UnixEpoch.AddYears(50),
            deliveries = new object[] { new { sink = "pager", told = "firing" }, new { sink = "chat", error = "answered 404" } },
        };
        var ordered = new TaskCompletionSource<string>();
        var page = await fleet.OpenAsync("alerts", _complaints, async p =>
        {
            await p.RouteAsync("**/api/v1/alerts", r => Answer(r, 200, new { items = new[] { alert } }));
            await p.RouteAsync("**/api/v1/alerts/silences", async r =>
            {
                if (r.Request.Method is "POST")
                {
                    ordered.TrySetResult(r.Request.PostData!);
                }

                await Answer(r, 200, r.Request.Method is "POST" ? new { message = "Silence 1 is begun." } : new { items = Array.Empty<object>() });
            });
        });
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("it broke <b>badly</b>");
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("pager: told");
        await Expect(page.Locator("tbody tr .bad", new() { HasText = "chat" })).ToHaveTextAsync("chat: answered 404");

        await page.GetByRole(AriaRole.Button, new() { Name = "Silence" }).ClickAsync();
        await page.GetByLabel("Hours").FillAsync("0.5");
        await page.GetByLabel("Why").FillAsync("known");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Silence" }).ClickAsync();

        Assert.Equal(
            """{"forSeconds":1800,"condition":"agent-quarantined","agent":"doomed","reason":"known"}""",
            await ordered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Empty(_complaints);
    }

    /// <summary>The live stream tells at most a hundred actions at a time; the others are in the log.</summary>
    [Fact]
    public async Task Actions_MoreThanTheStreamTells_AreReadFromTheLog()
    {
        var burst = new TaskCompletionSource();
        var page = await fleet.OpenAsync("actions", _complaints, async p =>
        {
            var streams = 0;
            await p.RouteAsync("**/api/v1/live", async route =>
            {
                switch (++streams)
                {
                    case 1:
                        await route.FulfillAsync(new() { ContentType = "text/event-stream", Body = Event("snapshot", new { at = DateTimeOffset.UnixEpoch, isWhole = true, actions = Actions(91, 100) }) });
                        break;
                    case 2:
                        await burst.Task;
                        await route.FulfillAsync(new() { ContentType = "text/event-stream", Body = Event("delta", new { at = DateTimeOffset.UnixEpoch, isWhole = true, moreActions = true, actions = Actions(251, 350) }) });
                        break;
                }
            });
            await p.RouteAsync("**/api/v1/actions?*", async route =>
            {
                var cursor = route.Request.Url.Split("cursor=") is [_, var id] ? int.Parse(id[..8], CultureInfo.InvariantCulture) : int.MaxValue;
                var to = Math.Min(cursor - 1, burst.Task.IsCompleted ? 350 : 100);
                var from = Math.Max(1, to - 99);
                await Answer(route, 200, new { items = Actions(from, to).Reverse(), nextCursor = from > 1 ? IdOf(from) : null });
            });
        });
        await Expect(page.Locator("#found")).ToHaveTextAsync("100 actions");

        burst.SetResult();

        await Expect(page.Locator("#found")).ToHaveTextAsync("350 actions");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Live_IsRefused_TheReasonIsShownAndThePageStays()
    {
        const string Full = "This silo serves 3 event streams already.";
        var page = await fleet.OpenAsync("", _complaints, p => p.RouteAsync("**/api/v1/live", r => Answer(r, 503, new { detail = Full })));
        await Expect(page.Locator(".banner")).ToContainTextAsync(Full);
        await Expect(page.Locator(".badge")).ToHaveTextAsync("Connecting");
        await page.UnrouteAllAsync();
        await Expect(page.Locator(".badge")).ToHaveTextAsync("Live");
        await Expect(page.Locator(".banner")).ToHaveCountAsync(0);

        // Another silo would refuse the same. At the third time the page would move, at the fourth it has not.
        var (before, refusals, often) = (page.Url, 0, new TaskCompletionSource());
        await page.RouteAsync("**/api/v1/live", async route =>
        {
            await Answer(route, 403, new { detail = "This host is not allowed." });
            if (++refusals == 4)
            {
                often.SetResult();
            }
        });
        await page.EvaluateAsync("import('./live.js').then((live) => live.leave())");
        await Expect(page.Locator(".badge")).ToHaveTextAsync("Stale");
        await Expect(page.Locator(".banner")).ToContainTextAsync("This host is not allowed.");
        await often.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await page.UnrouteAllAsync();

        await Expect(page.Locator(".badge")).ToHaveTextAsync("Live");
        Assert.Equal(before, page.Url);
    }

    [Fact]
    public async Task SignedOut_ThePageWaits_AndAsksNothingOfTheFleet()
    {
        var (isIn, isRefusing, asked) = (false, true, 0);
        var page = await fleet.OpenAsync("spawn", _complaints, async p =>
        {
            await p.RouteAsync("**/api/v1/session", async route =>
            {
                switch (route.Request.Method)
                {
                    case "POST":
                        isIn = true;
                        break;
                    case "DELETE" when isRefusing:
                        await Answer(route, 503, new { detail = "The silo is busy." });
                        return;
                    case "DELETE":
                        isIn = false;
                        break;
                }

                await Answer(route, 200, new { required = true, signedIn = isIn, readOnly = false, mayKillSilos = false, actor = "ada" });
            });
            await p.RouteAsync("**/api/v1/live", async route =>
            {
                asked++;
                await route.ContinueAsync();
            });
        });
        await Expect(page.GetByLabel("API key")).ToBeVisibleAsync();
        Assert.Equal(0, asked);
        await page.GetByLabel("API key").FillAsync("secret");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.Locator(".badge")).ToHaveTextAsync("Live");
        await Expect(page.Locator("h1")).ToContainTextAsync("Spawn");

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.Locator(".toast")).ToContainTextAsync("Signing out failed. The silo is busy.");
        await Expect(page.Locator(".badge")).ToHaveTextAsync("Live");
        isRefusing = false;
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await Expect(page.GetByLabel("API key")).ToBeVisibleAsync();
        Assert.Equal("connecting 0 0", await page.EvaluateAsync<string>("import('./fleet.js').then(({ fleet }) => `${fleet.state} ${fleet.byId.size} ${fleet.silos.length}`)"));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task OrderOfMany_IsPartlyDone_SaysOfWhichPartAndKeepsTheOthersSelected()
    {
        await fleet.SpawnAsync("alone");
        var page = await fleet.OpenAsync("?q=many-", _complaints);
        await TellAsync(page, Enumerable.Range(1, 250).Select(i => (object)new { i = 5000 + i, id = $"many-{i:000}", kind = "none", status = "healthy", incarnation = 1 }));
        await Expect(page.Locator("#found")).ToHaveTextAsync("250 agents");
        var batches = 0;
        await page.RouteAsync("**/api/v1/commands", async route =>
        {
            var ids = JsonSerializer.Deserialize<JsonElement>(route.Request.PostData!).GetProperty("ids");
            await (++batches == 1
                ? Answer(route, 200, new { done = ids.GetArrayLength() - 1, failed = new[] { new { id = ids[0].GetString(), status = 409, message = "It is paused already." } } })
                : route.AbortAsync());
        });

        await page.GetByLabel("Select all that match (250)").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause (250)" }).ClickAsync();

        await Expect(page.Locator(".toast")).ToContainTextAsync("Pause: done of 99 of 250 agents; failed: 1, not known: 100, not ordered: 50. The silo does not answer.");
        await Expect(page.Locator(".bulk")).ToContainTextAsync("151 agents selected");
        Assert.Equal(2, batches);
    }

    [Fact]
    public async Task LinkOfASilo_ListsThatSiloAlone()
    {
        await fleet.SpawnAsync("far");
        var page = await fleet.OpenAsync("silos", _complaints);
        await TellAsync(page, [
            new { i = 6001, id = "near-1", kind = "none", status = "healthy", incarnation = 1, silo = "silo-1" },
            new { i = 6002, id = "near-10", kind = "none", status = "healthy", incarnation = 1, silo = "silo-10" },
        ]);
        await page.GetByRole(AriaRole.Row, new() { Name = "silo-1" }).Locator(".number a").ClickAsync();
        var search = page.GetByLabel("Search agents");
        await Expect(search).ToHaveValueAsync("silo:=silo-1");

        await search.FillAsync("silo:=silo-1 near-");
        await Expect(page.Locator("#found")).ToHaveTextAsync("1 agent");
        await search.FillAsync("silo:silo-1 near-");
        await Expect(page.Locator("#found")).ToHaveTextAsync("2 agents");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Address_Moves_TheSearchFollowsItAndTheFocusGoesToTheHeadingOfANewViewOnly()
    {
        var page = await fleet.OpenAsync("actions", _complaints);
        var (search, heading) = (page.GetByLabel("Search actions"), page.Locator("main h1"));
        Assert.Equal("BODY", await page.EvaluateAsync<string>("document.activeElement.tagName"));
        await search.FillAsync("nobody");
        await Expect(page).ToHaveURLAsync(page.Url + "?q=nobody");
        await Expect(page.Locator("form [role=status]")).ToHaveTextAsync("0 actions found");
        await Expect(search).ToBeFocusedAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Actions" }).ClickAsync();
        await Expect(search).ToHaveValueAsync("");
        await page.GoBackAsync();
        await Expect(search).ToHaveValueAsync("nobody");

        await page.GetByRole(AriaRole.Link, new() { Name = "Causes" }).ClickAsync();
        await Expect(heading).ToHaveTextAsync("Causes");
        await Expect(heading).ToBeFocusedAsync();
        Assert.Empty(_complaints);

        await page.EvaluateAsync("location.hash = '#/agents/%'");
        await Expect(page.GetByText("There is no such agent")).ToBeVisibleAsync();
        await Expect(heading).ToHaveTextAsync("%");
        await Expect(heading).ToBeFocusedAsync();
    }

    [Fact]
    public async Task SpawnForm_OfAProcess_TakesListsAndObjects()
    {
        var page = await fleet.OpenAsync("spawn?kind=process", _complaints);
        await page.FillAsync("#f-id", "shell");
        await page.FillAsync("#f-settings-command", "sh");
        await page.FillAsync("#f-settings-arguments", "-c");
        await page.GetByRole(AriaRole.Button, new() { Name = "Spawn", Exact = true }).ClickAsync();
        await Expect(page.Locator("#f-settings-arguments-more .fault")).ToHaveTextAsync("must be a list of texts");
        await page.FillAsync("#f-settings-arguments", """["-c","echo $GREETING >&2; exit 78"]""");
        await page.FillAsync("#f-settings-environment", """{"GREETING": "good bye"}""");
        await Expect(page.Locator("form .command code")).ToContainTextAsync("""-s 'arguments=["-c","echo $GREETING >&2; exit 78"]' -s 'environment={"GREETING":"good bye"}'""");

        await page.GetByRole(AriaRole.Button, new() { Name = "Spawn", Exact = true }).ClickAsync();

        await Expect(page.Locator(".title .status")).ToContainTextAsync("quarantined");
        await Expect(page.Locator("main")).ToContainTextAsync("it last said on stderr: good bye (78 is EX_CONFIG: no restart helps)");
    }

    [Fact]
    public async Task SpawnCommand_HasThePolicyThatWasGiven()
    {
        var page = await fleet.OpenAsync("spawn", _complaints);
        await page.FillAsync("#f-id", "strict");
        await page.Locator("#f-policy-restart").SelectOptionAsync("transient");
        await page.GetByText("How it is supervised").ClickAsync();
        await page.FillAsync("#f-policy-maxRestarts", "3");
        await page.FillAsync("#f-policy-backoff-baseSeconds", "0.5");

        await Expect(page.Locator("form .command code")).ToContainTextAsync("healing spawn strict --kind");
        await Expect(page.Locator("form .command code")).ToContainTextAsync("--restart transient --max-restarts 3 --backoff-base 0.5");
        Assert.Empty(_complaints);
    }

    /// <summary>Tells the page of agents, as the live stream would.</summary>
    private static async Task TellAsync(IPage page, IEnumerable<object> tiles) => await page.EvaluateAsync(
        "(tiles) => import('./fleet.js').then(({ fleet }) => fleet.apply({ at: new Date(fleet.now).toISOString(), agents: JSON.parse(tiles), isWhole: true }, false))",
        JsonSerializer.Serialize(tiles));

    private static Task Answer(IRoute route, int status, object body) => route.FulfillAsync(new()
    {
        Status = status,
        ContentType = status < 400 ? "application/json" : "application/problem+json",
        Body = JsonSerializer.Serialize(body),
    });

    private static string Event(string type, object data) => $"id: e-1\nevent: {type}\ndata: {JsonSerializer.Serialize(data)}\n\n";

    private static string IdOf(int number) => $"{number:00000000}-0";

    private static object[] Actions(int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(i => new
    {
        id = IdOf(i),
        at = DateTimeOffset.UnixEpoch.AddSeconds(i),
        agentId = "busy",
        incarnation = i,
        action = "restarting",
        reason = "requested",
        details = "by a test",
    })];
}
