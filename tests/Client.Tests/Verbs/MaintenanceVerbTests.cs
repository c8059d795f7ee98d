using OrleansHealing.Client.Tests.Fakes;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Tests.Verbs;

/// <summary>Orders over many agents, and over silos.</summary>
public sealed class MaintenanceVerbTests
{
    private static readonly MaintenanceOrder Red = new()
    {
        Labels = new Dictionary<string, string> { ["team"] = "red" },
        Actor = "ann",
        Reason = "upgrade",
        At = Samples.Now.AddMinutes(-3),
        Until = Samples.Now.AddHours(2),
    };

    private readonly FakeFleet _fleet = new();

    public MaintenanceVerbTests()
    {
        _fleet.Agents[Samples.Id("books")] = Samples.Details(Samples.Healthy());
        _fleet.Agents[Samples.Id("doomed")] = Samples.Details(Samples.BackingOff("doomed") with { Status = AgentStatus.Quarantined });
        _fleet.Agents[Samples.Id("flaky")] = Samples.Details(Samples.BackingOff());
        _fleet.Agents[Samples.Id("done")] = Samples.Details(Samples.Healthy("done") with { Status = AgentStatus.Completed });
        _fleet.Agents[Samples.Id("resting")] = Samples.Details(Samples.Paused());
        _fleet.Silos.AddRange([Samples.Silo("silo-1", 41), Samples.Silo("silo-2", 42) with { Address = "127.0.0.1:11112@2" }, Samples.Silo("silo-3", 43, SiloState.Dead)]);
    }

    [Theory]
    [InlineData("pause --all --for 2h --reason night", "pause all (night) for 02:00:00", "all")]
    [InlineData("pause --label team=red", "pause team=red", "team=red")]
    [InlineData("pause --label zone=b --label team=red", "pause team=red,zone=b", "team=red,zone=b")]
    [InlineData("resume --all", "resume all", "all")]
    [InlineData("resume --label team=red", "resume team=red", "team=red")]
    public async Task PauseAndResume_OfMany_AreOneStandingOrder(string line, string order, string scope)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync(line.Split(' ')));

        Assert.Equal([order], _fleet.Orders);
        Assert.Equal($"{scope}: {order} done.\n", console.Out);
    }

    [Theory]
    [InlineData("restart --all", "books restart,flaky restart")]
    [InlineData("restart --label team=red", "books restart")]
    [InlineData("release --all", "doomed release")]
    public async Task RestartAndRelease_OfMany_AreGivenToEachThatIsThere(string line, string orders)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync(line.Split(' ')));

        Assert.Equal(orders.Split(','), _fleet.Orders);
    }

    [Fact]
    public async Task Restart_OfALabelThatNobodyHas_SaysSo()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("restart", "--label", "team=blue"));

        Assert.Equal("No agent with team=blue is there to restart.\n", console.Error);
        Assert.Empty(_fleet.Orders);
    }

    [Fact]
    public async Task Resume_OfWhatIsNotPaused_Is1()
    {
        _fleet.OnStanding = _ => CommandResult.Conflict("There is no standing pause of the whole fleet.");
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(1, await console.RunAsync("resume", "--all"));

        Assert.Equal("all: There is no standing pause of the whole fleet.\n", console.Error);
    }

    [Fact]
    public async Task Resume_AnswerLostThenNotPaused_WasCarriedOut()
    {
        _fleet.Failures.Enqueue(new SiloUnavailableException("died"));
        _fleet.OnStanding = _ => CommandResult.Conflict("There is no standing pause of the whole fleet.");
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("resume", "--all"));

        Assert.Equal("all: The pause is over.\n", console.Out);
    }

    [Fact]
    public async Task Maintenance_ThatStands_IsListedAndSaidWhereAgentsAre()
    {
        _fleet.Maintenance.Add(Red);
        var (list, names, ps) = (new ConsoleHarness { Fleet = _fleet }, new ConsoleHarness { Fleet = _fleet }, new ConsoleHarness { Fleet = _fleet });

        Assert.Equal(0, await list.RunAsync("maintenance"));
        Assert.Equal(0, await names.RunAsync("maintenance", "-o", "name"));
        Assert.Equal(0, await ps.RunAsync("ps", "--label", "team=red"));

        Assert.Equal(
            """
            SCOPE      BY    SINCE       ENDS     REASON
            team=red   ann   3 min ago   in 2 h   upgrade

            """,
            list.Out);
        Assert.Equal("team=red\n", names.Out);
        Assert.Equal("Paused: agents with team=red (by ann, 3 min ago, ends in 2 h: upgrade)\n", ps.Error);
        Assert.DoesNotContain("flaky", ps.Out);
    }

    [Fact]
    public async Task Maintenance_AsJson_IsAPage()
    {
        _fleet.Maintenance.Add(Red);
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("maintenance", "-o", "json"));

        Assert.Equal(
            """
            {
              "items": [
                {
                  "labels": {
                    "team": "red"
                  },
                  "actor": "ann",
                  "reason": "upgrade",
                  "at": "2026-03-01T11:57:00.000Z",
                  "until": "2026-03-01T14:00:00.000Z"
                }
              ],
              "nextCursor": null
            }

            """,
            console.Out);
    }

    [Theory]
    [InlineData("drain silo-1 --reason night", "drain 127.0.0.1:11111@1 (night)", "silo-1")]
    [InlineData("drain 42", "drain 127.0.0.1:11112@2", "silo-2")]
    [InlineData("drain silo-1 --undo", "undrain 127.0.0.1:11111@1", "silo-1")]
    public async Task Drain_OfASilo_IsOrderedByItsAddress(string line, string order, string silo)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync(line.Split(' ')));

        Assert.Equal([order], _fleet.Orders);
        Assert.Equal($"{silo}: {order} done.\n", console.Out);
    }

    [Theory]
    [InlineData("drain silo-9", 5, "There is no silo 'silo-9'. Did you mean silo-1 or silo-2 or silo-3?")]
    [InlineData("drain silo-3", 1, "silo-3 is dead already.")]
    public async Task Drain_OfNoLivingSilo_IsNotOrdered(string line, int code, string expected)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(code, await console.RunAsync(line.Split(' ')));

        Assert.StartsWith(expected, console.Error);
        Assert.Empty(_fleet.Orders);
    }

    [Theory]
    [InlineData(SiloState.Drained, 0, "silo-1: drained; it can be stopped.\n", "")]
    [InlineData(SiloState.Dead, 0, "silo-1: is gone; its agents go on elsewhere.\n", "")]
    [InlineData(SiloState.Active, 1, "", "silo-1: the drain was taken back.\n")]
    [InlineData(SiloState.Draining, 7, "", "silo-1: 4 agents left\nsilo-1 was not drained within 0.05 s: 4 agents left.\n")]
    public async Task Drain_WithWait_ReturnsWhenItIsKnownHowItEnds(SiloState state, int code, string printed, string told)
    {
        _fleet.OnStanding = order =>
        {
            _fleet.Silos[0] = _fleet.Silos[0] with { Status = state };
            return CommandResult.Done(order);
        };
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(code, await console.RunAsync("drain", "silo-1", "--wait", "--timeout", "0.05"));

        Assert.Equal((printed, told), (console.Out, console.Error));
    }

    [Fact]
    public async Task Drain_Refused_Is1WithTheReason()
    {
        _fleet.OnStanding = _ => CommandResult.Conflict("Silo 'silo-1' is the only one that takes agents.");
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(1, await console.RunAsync("drain", "silo-1", "--wait"));

        Assert.Equal("silo-1: Silo 'silo-1' is the only one that takes agents.\n", console.Error);
    }
}
