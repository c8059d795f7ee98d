using OrleansHealing.Client.Tests.Fakes;

namespace OrleansHealing.Client.Tests.Verbs;

public sealed class PsVerbTests
{
    private readonly FakeFleet _fleet = new();

    public PsVerbTests()
    {
        _fleet.Agents[Samples.Id("books")] = Samples.Details(Samples.Healthy());
        _fleet.Agents[Samples.Id("flaky")] = Samples.Details(Samples.BackingOff());
    }

    [Fact]
    public async Task Ps_Piped_PrintsEverythingInPlainColumns()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("ps"));

        Assert.Equal(
            """
            ID      KIND              STATUS        INC   FAILURES   RESTARTS   BEAT        DEADLINE   NEXT      SILO     PROGRESS
            books   data-processing   healthy       3     0          2          1 s ago     in 4 s     -         silo-2   lines=1200 sha256=0123456789abcdef
            flaky   ai                backing-off   7     3          6          3 min ago   -          in 12 s   silo-1   -

            """,
            console.Out);
        Assert.Equal("", console.Error);
    }

    [Fact]
    public async Task Ps_PausedWithAnEnd_SaysWhenItIsResumed()
    {
        _fleet.Agents.Clear();
        _fleet.Agents[Samples.Id("resting")] = Samples.Details(Samples.Paused());
        var table = new ConsoleHarness { Fleet = _fleet };
        var json = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await table.RunAsync("ps"));
        Assert.Equal(0, await json.RunAsync("ps", "-o", "json"));

        Assert.Equal(
            """
            ID        KIND              STATUS   INC   FAILURES   RESTARTS   BEAT         DEADLINE   NEXT            SILO     PROGRESS
            resting   data-processing   paused   3     0          2          30 min ago   -          in 1 h 59 min   silo-2   -

            """,
            table.Out);
        Assert.Contains("\"pausedUntil\": \"2026-03-01T13:59:00.000Z\"", json.Out);
    }

    [Fact]
    public async Task Ps_OnANarrowScreen_LeavesColumnsOutAndNeverWraps()
    {
        var console = new ConsoleHarness { Fleet = _fleet, ScreenWidth = 50 };

        Assert.Equal(0, await console.RunAsync("ps"));

        Assert.Equal(
            """
            ID      STATUS        INC   RESTARTS   NEXT
            books   healthy       3     2          -
            flaky   backing-off   7     6          in 12 s

            """,
            Trimmed(console.Out));
    }

    [Fact]
    public async Task Ps_OnAWideScreen_ShortensProgressAndSaysWhyItFailed()
    {
        var console = new ConsoleHarness { Fleet = _fleet, ScreenWidth = 160 };

        Assert.Equal(0, await console.RunAsync("ps"));

        Assert.Contains("lines=1200 sha256=0123456789ab…", console.Out);
        Assert.Contains("crashed: boom [31m", console.Out);
        Assert.DoesNotContain("\u001b", console.Out);
    }

    [Fact]
    public async Task Ps_AsJson_IsTheContractsPage()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("ps", "--search", "BOOK", "-o", "json"));

        Assert.Equal(
            """
            {
              "items": [
                {
                  "id": "books",
                  "kind": "data-processing",
                  "status": "healthy",
                  "incarnation": 3,
                  "consecutiveFailures": 0,
                  "totalRestarts": 2,
                  "lastHeartbeatAt": "2026-03-01T11:59:58.800Z",
                  "deadline": "2026-03-01T12:00:03.750Z",
                  "nextRestartAt": null,
                  "silo": "silo-2",
                  "progress": {"lines":1200,"sha256":"0123456789abcdef"},
                  "lastFailure": null,
                  "labels": {
                    "team": "red"
                  }
                }
              ],
              "nextCursor": null
            }

            """,
            console.Out);
    }

    [Fact]
    public async Task Ps_AsNames_PrintsOneIdALine()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("-o", "name", "ps", "--status", "backing-off"));

        Assert.Equal("flaky\n", console.Out);
    }

    [Fact]
    public async Task Ps_OfMoreThanAPage_ReadsAllPagesUnlessLimited()
    {
        for (var i = 0; i < 2500; i++)
        {
            var id = $"m{i:D4}";
            _fleet.Agents[Samples.Id(id)] = Samples.Details(Samples.Healthy(id));
        }

        var all = new ConsoleHarness { Fleet = _fleet };
        var some = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await all.RunAsync("ps", "-o", "name"));
        Assert.Equal(0, await some.RunAsync("ps", "-o", "name", "--limit", "3"));

        Assert.Equal(2502, all.Out.Count(c => c is '\n'));
        Assert.Equal("books\nflaky\nm0000\n", some.Out);
        Assert.Equal("There are more: --cursor m0000\n", some.Error);
    }

    [Fact]
    public async Task Ps_OfAnEmptyFleet_SaysHowToBeginOutsideOfTheOutput()
    {
        var console = new ConsoleHarness();

        Assert.Equal(0, await console.RunAsync("ps"));

        Assert.Equal("", console.Out);
        Assert.StartsWith("There are no agents yet. Spawn one: healing spawn", console.Error);
    }

    private static string Trimmed(string text) => string.Join('\n', text.Split('\n').Select(l => l.TrimEnd()));
}
