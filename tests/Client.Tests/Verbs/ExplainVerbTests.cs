using OrleansHealing.Client.Tests.Fakes;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Tests.Verbs;

public sealed class ExplainVerbTests
{
    private const string Id = "0199c2f4a3b-1f2e3d4c5b-0";
    private readonly FakeFleet _fleet = new();
    private readonly ActionExplanation _explanation;

    public ExplainVerbTests()
    {
        var action = Samples.Action(2) with { Id = Id };
        _explanation = new ActionExplanation
        {
            Action = action,
            Entry = "judge",
            Rule = "report",
            Rules = [new("clock-went-back", false, "promises reach 3605 s at most"), new("report", true, "failed (crashed)")],
            Inputs = [new("circumstances.deadHosts", ""), new("state.status", "healthy")],
            Decided = [action, action with { Action = ActionKind.Restarting }],
            IsSame = true,
        };
        _fleet.Explanations[Id] = _explanation;
    }

    [Theory]
    [InlineData("explain " + Id)]
    [InlineData("explain books")]
    [InlineData("explain " + Id + " --agent books")]
    public async Task Explain_Piped_ShowsTheRulesAndWhatTheyLookedAt(string line)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync(line.Split(' ')));

        Assert.Equal(
            """
            books   failed   #3   2026-03-01T11:58:22.000Z
              why      Details of 2.
              action   0199c2f4a3b-1f2e3d4c5b-0
              rule     report

            Rules, in the order they were looked at
                clock-went-back   promises reach 3605 s at most
              * report            failed (crashed)

            Decided on
                circumstances.deadHosts   -
                state.status              healthy

            Decided again, it is the same: failed, restarting.

            """,
            console.Out);
    }

    [Fact]
    public async Task Explain_DecidedOtherwise_SaysInWhat()
    {
        _fleet.Explanations[Id] = _explanation with { IsSame = false, Differences = ["details of x: recorded a, now b\u001b[31m"] };
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("explain", Id));

        Assert.EndsWith(
            "Decided again, it is not the same; another version may have decided it:\n    details of x: recorded a, now b [31m\n", console.Out);
    }

    [Fact]
    public async Task Explain_EvidenceGone_SaysSoPlainly()
    {
        _fleet.Explanations[Id] = new ActionExplanation { Action = _explanation.Action, Unexplained = "It is not recorded any more." };
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("explain", Id));

        Assert.EndsWith($"  action   {Id}\n\nIt is not recorded any more.\n", console.Out);
    }

    [Theory]
    [InlineData("explain " + Id + " -o json", "\"rule\": \"report\",\n  \"rules\": [\n")]
    [InlineData("explain " + Id + " -o name", "report\n")]
    public async Task Explain_ForScripts_IsWhatTheyAskFor(string line, string expected)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync(line.Split(' ')));

        Assert.Contains(expected, console.Out);
    }

    [Theory]
    [InlineData("explain 0199c2f4a3b-1f2e3d4c5b-1", 5, "There is no action '0199c2f4a3b-1f2e3d4c5b-1' in the fleet's log. It may have left it;")]
    [InlineData("explain 0199c2f4a3b-1f2e3d4c5b-1 --agent books", 5, "There is no action '0199c2f4a3b-1f2e3d4c5b-1' in the log of agent 'books'.")]
    [InlineData("explain bookz", 5, "There is no agent 'bookz'. Did you mean books?")]
    [InlineData("explain _", 2, "'_' is neither the id of an action nor of an agent")]
    [InlineData("explain", 2, "Required argument 'ACTION|AGENT' missing")]
    public async Task Explain_WhatIsNotThere_SaysWhich(string line, int code, string expected)
    {
        _fleet.Agents[Samples.Id("books")] = Samples.Details(Samples.Healthy());
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(code, await console.RunAsync(line.Split(' ')));

        Assert.StartsWith(expected, console.Error);
        Assert.Equal("", console.Out);
    }

    [Fact]
    public async Task Events_WithIds_ShowsWhatExplainTakes()
    {
        _fleet.Log.Add(_explanation.Action);
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("events", "--ids"));

        Assert.Equal($"{Id}   2026-03-01T11:58:22.000Z   books   failed        #3     Details of 2.\n", console.Out);
    }
}
