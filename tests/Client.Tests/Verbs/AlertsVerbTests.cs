using System.Text.Json;
using OrleansHealing.Alerts;
using OrleansHealing.Client.Tests.Fakes;

namespace OrleansHealing.Client.Tests.Verbs;

public sealed class AlertsVerbTests
{
    private readonly ConsoleHarness _console = new();

    [Fact]
    public async Task Alerts_SomeAreOpen_AreListedWithWhoWasTold()
    {
        _console.Alerts.Open.AddRange([FakeAlerts.Doomed, FakeAlerts.Doomed with { Key = "panic-guard/fleet", Condition = AlertCondition.PanicGuard, Summary = "Too many", SilencedBy = "silence 1 by ann" }]);

        Assert.Equal(0, await _console.RunAsync("alerts"));

        var lines = _console.Out.Split('\n');
        Assert.Matches(@"^firing +error +3 min +Agent 'doomed' was given up on \(crashed\) +pager of it, chat answered 500$", lines[1].Replace(" ago", "", StringComparison.Ordinal));
        Assert.StartsWith("silenced", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alerts_Json_IsTheContract()
    {
        _console.Alerts.Open.Add(FakeAlerts.Doomed);

        Assert.Equal(0, await _console.RunAsync("alerts", "-o", "json"));

        var alert = JsonDocument.Parse(_console.Out).RootElement.GetProperty("items")[0];
        Assert.Equal(("agent-quarantined", "error", "firing", "doomed"), (
            alert.GetProperty("condition").GetString(), alert.GetProperty("severity").GetString(), alert.GetProperty("state").GetString(), alert.GetProperty("agentId").GetString()));
    }

    [Fact]
    public async Task Alerts_NoneOpen_SaysSo()
    {
        Assert.Equal(0, await _console.RunAsync("alerts"));

        Assert.Contains("Nothing is alerted", _console.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_OneSinkFails_SaysBothAndIs1()
    {
        Assert.Equal(1, await _console.RunAsync("alerts", "test"));

        Assert.Equal("pager (pager-duty): told in 0.21 s\n", _console.Out);
        Assert.Equal("chat (slack): answered 404: no_service\n", _console.Error);
    }

    [Theory]
    [InlineData("pager", 0)]
    [InlineData("none", 5)]
    public async Task Test_OneSink_IsItAlone(string sink, int code) => Assert.Equal(code, await _console.RunAsync("alerts", "test", "--sink", sink));

    [Theory]
    [InlineData("--for 2h --condition agent-quarantined --label team=red --reason known", "02:00:00 agent  condition AgentQuarantined labels [[team, red]] because known")]
    [InlineData("--for 10m --agent doomed", "00:10:00 agent doomed condition  labels [] because ")]
    [InlineData("--for 10m --all", "00:10:00 agent  condition  labels [] because ")]
    public async Task Silence_WithItsScope_IsOrdered(string options, string expected)
    {
        Assert.Equal(0, await _console.RunAsync(["alerts", "silence", .. options.Split(' ')]));

        Assert.Equal([expected], _console.Alerts.Orders);
    }

    [Theory]
    [InlineData("alerts silence --all", "Option '--for' is required.")]
    [InlineData("alerts silence --for 2h", "Say which alerts: --agent ID, --condition C, --label NAME=VALUE (together: all of these), or --all")]
    [InlineData("alerts silence --for 2h --all --agent a", "Say which alerts:")]
    [InlineData("alerts silence --for 2h --condition rain", "--condition must be one of agent-quarantined, group-quarantined,")]
    public async Task Silence_WrongCommandLine_Is2AndSaysWhereToLook(string line, string expected)
    {
        Assert.Equal(2, await _console.RunAsync(line.Split(' ')));

        Assert.StartsWith(expected, _console.Error, StringComparison.Ordinal);
        Assert.Contains("See: healing alerts silence --help", _console.Error, StringComparison.Ordinal);
        Assert.Empty(_console.Alerts.Orders);
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("2", 5)]
    public async Task Unsilence_ByItsId_EndsIt(string id, int code)
    {
        Assert.Equal(code, await _console.RunAsync("alerts", "unsilence", id));

        Assert.Equal([$"end {id}"], _console.Alerts.Orders);
    }

    [Fact]
    public async Task Silences_SomeHold_AreListed()
    {
        _console.Alerts.Silences.Add(new AlertSilence
        {
            Id = "9f2c01ab",
            Condition = AlertCondition.AgentQuarantined,
            Labels = new Dictionary<string, string> { ["team"] = "red" },
            Actor = "ann",
            At = Samples.Now,
            Until = Samples.Now.AddHours(2),
        });

        Assert.Equal(0, await _console.RunAsync("alerts", "silences"));

        Assert.Matches("9f2c01ab +agent-quarantined, team=red +ann +in 2 h", _console.Out.Split('\n')[1]);
    }
}
