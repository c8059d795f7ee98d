using OrleansHealing.Client.Tests.Fakes;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Tests.Verbs;

public sealed class OrderVerbTests
{
    private readonly FakeFleet _fleet = new();

    public OrderVerbTests()
    {
        _fleet.Agents[Samples.Id("books")] = Samples.Details(Samples.Healthy());
        _fleet.Agents[Samples.Id("flaky")] = Samples.Details(Samples.BackingOff());
    }

    [Theory]
    [InlineData("restart books", "books restart")]
    [InlineData("pause books --reason night", "books pause (night)")]
    [InlineData("pause books --for 1h30m", "books pause for 01:30:00")]
    [InlineData("pause books --for 90", "books pause for 00:01:30")]
    [InlineData("resume books", "books resume")]
    [InlineData("release books", "books release")]
    [InlineData("stop books -y", "books remove")]
    public async Task Order_OfAnAgent_IsGivenOnceAndReported(string line, string order)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync(line.Split(' ')));

        Assert.Equal([order], _fleet.Orders);
        Assert.Equal($"books: {order["books ".Length..]} done.\n", console.Out);
        Assert.Equal("", console.Error);
    }

    [Theory]
    [InlineData("crash books", "books crash exception", false, true)]
    [InlineData("crash books --mode hang", "books crash hang", true, true)]
    [InlineData("crash books --mode hang", "books crash hang", false, false)]
    public async Task Crash_ThatWillBeNoticed_SaysHowToWaitForTheNextIncarnation(string line, string order, bool hasProgressTimeout, bool isNoticed)
    {
        var details = _fleet.Agents[Samples.Id("books")];
        _fleet.Agents[Samples.Id("books")] = details with { Policy = details.Policy! with { ProgressTimeout = hasProgressTimeout ? TimeSpan.FromSeconds(9) : null } };
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync(line.Split(' ')));

        Assert.Equal([order], _fleet.Orders);
        Assert.Equal($"books: {order["books ".Length..]} done.{(isNoticed ? " Wait with: healing wait books --incarnation 9" : "")}\n", console.Out);
    }

    [Fact]
    public async Task Stop_WhereNobodyCanBeAsked_Is2AndDoesNothing()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(2, await console.RunAsync("stop", "books"));

        Assert.Empty(_fleet.Orders);
        Assert.Equal("stop also deletes checkpoints, and nobody can be asked here: say so with --yes (-y). Nothing was done.\n", console.Error);
    }

    [Fact]
    public async Task Order_OfSeveral_GoesOnAndTheHighestCodeWins()
    {
        _fleet.OnOrder = (id, _) => id.Value is "flaky" ? CommandResult.Conflict("It is backing off.") : CommandResult.Done("Paused.");
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(5, await console.RunAsync("pause", "flaky", "boks", "books"));

        Assert.Equal("books: Paused.\n", console.Out);
        Assert.Equal("flaky: It is backing off.\nThere is no agent 'boks'. Did you mean books?\n", console.Error);
    }

    [Fact]
    public async Task Order_AsJson_ListsEveryIdWithItsOutcome()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(5, await console.RunAsync("restart", "books", "zzz", "-o", "json"));

        Assert.Equal(
            """
            {
              "items": [
                {
                  "id": "books",
                  "outcome": "ok",
                  "message": "restart done.",
                  "incarnation": 8
                },
                {
                  "id": "zzz",
                  "outcome": "not-found",
                  "message": "There is no agent 'zzz'.",
                  "incarnation": null
                }
              ],
              "nextCursor": null
            }

            """,
            console.Out);
    }

    [Fact]
    public async Task Order_AsNames_PrintsThoseThatWereDone()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(5, await console.RunAsync("resume", "books", "zzz", "-o", "name"));

        Assert.Equal("books\n", console.Out);
    }

    [Theory]
    [InlineData("y\n", 0, 1)]
    [InlineData("n\n", 1, 0)]
    [InlineData("", 1, 0)]
    public async Task Stop_OnATerminal_AsksFirst(string answer, int code, int orders)
    {
        var console = new ConsoleHarness { Fleet = _fleet, IsInteractive = true, Input = answer };

        Assert.Equal(code, await console.RunAsync("stop", "books"));

        Assert.StartsWith("Stop and forget books, checkpoints included? [y/N] ", console.Error);
        Assert.Equal(orders, _fleet.Orders.Count);
    }

    [Fact]
    public async Task Stop_OnATerminalWithYes_DoesNotAsk()
    {
        var console = new ConsoleHarness { Fleet = _fleet, IsInteractive = true };

        Assert.Equal(0, await console.RunAsync("stop", "books", "--yes"));

        Assert.Equal("", console.Error);
    }

    [Fact]
    public async Task Stop_AnswerLostThenGone_WasCarriedOut()
    {
        _fleet.Agents.Clear();
        _fleet.Failures.Enqueue(new SiloUnavailableException("died"));
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("stop", "books", "-y"));

        Assert.Equal("books: Stopped and forgotten.\n", console.Out);
    }

    [Fact]
    public async Task Pause_AnswerLost_IsGivenAgain()
    {
        _fleet.Failures.Enqueue(new SiloUnavailableException("died"));
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("pause", "books"));

        Assert.Equal(["books pause", "books pause"], _fleet.Orders);
    }

    [Theory]
    [InlineData("restart")]
    [InlineData("crash")]
    public async Task Order_ThatWouldHitTwice_IsNotRepeatedWhenTheAnswerIsLost(string verb)
    {
        _fleet.Failures.Enqueue(new SiloUnavailableException("died"));
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(4, await console.RunAsync(verb, "books", "flaky"));

        Assert.Single(_fleet.Orders);
        Assert.StartsWith("books: No answer came (SiloUnavailable), so it is not known whether it was done.", console.Error);
    }
}
