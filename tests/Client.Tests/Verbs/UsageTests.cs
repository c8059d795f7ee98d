using OrleansHealing.Client.Tests.Fakes;

namespace OrleansHealing.Client.Tests.Verbs;

public sealed class UsageTests
{
    [Theory]
    [InlineData("", "Say what to do.")]
    [InlineData("pss", "There is no verb 'pss'. Did you mean ps?")]
    [InlineData("ps --bogus", "Unrecognized command or argument '--bogus'.")]
    [InlineData("ps -o xml", "--output must be one of table, json, name (it is 'xml')")]
    [InlineData("ps --limit 0", "--limit must be a whole number over 0 (it is '0')")]
    [InlineData("ps --status well", "--status must be one of starting, healthy, stale,")]
    [InlineData("ps --status -o json", "--status must have a value (what follows is the option -o)")]
    [InlineData("ps --search -w", "--search must have a value (what follows is the option -w)")]
    [InlineData("-o --redis ps", "--output must have a value (what follows is the option --redis)")]
    [InlineData("pause a --reason --debug", "--reason must have a value (what follows is the option --debug)")]
    [InlineData("wait a --timeout -1", "--timeout must not be negative (it is -1)")]
    [InlineData("wait a --incarnation -4", "--incarnation must not be negative (it is -4)")]
    [InlineData("ps --timeout 3", "Unrecognized command or argument '--timeout'.")]
    [InlineData("ps --connect-timeout 0", "--connect-timeout must be over 0 and at most 3600 seconds (it is 0)")]
    [InlineData("describe", "Required argument 'ID' missing for command: 'describe'.")]
    [InlineData("restart", "Say which agents: ID..., --label NAME=VALUE or --all")]
    [InlineData("pause a --all", "Say which agents in one way: ID..., --label NAME=VALUE or --all")]
    [InlineData("resume --all --label a=b", "Say which agents in one way: ID..., --label NAME=VALUE or --all")]
    [InlineData("pause --label team", "--label takes NAME=VALUE (it is 'team')")]
    [InlineData("stop --all", "There is no option '--all' here.")]
    [InlineData("stop", "Required argument 'ID' missing for command: 'stop'.")]
    [InlineData("drain", "Required argument 'SILO' missing")]
    [InlineData("drain a --undo --wait", "--undo has nothing to --wait for")]
    [InlineData("pause _a", "'_a' is no agent id: it must be 1 to 128 characters")]
    [InlineData("pause a --for soon", "--for must be a span like 90s, 30m, 2h, 1h30m or 3d, over 0 and at most 365 d (it is 'soon')")]
    [InlineData("pause a --for 0", "--for must be a span like")]
    [InlineData("pause a --for 366d", "--for must be a span like")]
    [InlineData("resume a --for 2h", "There is no option '--for' here.")]
    [InlineData("crash a --mode loud", "--mode must be one of exception, hang, block, silent, exit (it is 'loud')")]
    [InlineData("wait a --for rain", "--for must be one of starting, healthy,")]
    [InlineData("spawn", "Name the agent: healing spawn ID --kind KIND")]
    [InlineData("spawn a", "Say what it is made from: --kind KIND")]
    [InlineData("spawn a -k b --set x", "--set takes NAME=VALUE (it is 'x')")]
    [InlineData("spawn a -k b --heartbeat often", "--heartbeat must be a number of seconds (it is 'often')")]
    [InlineData("spawn a -f x.json", "With -f everything stands in the file")]
    [InlineData("what-if", "Option '--timeout' is required.")]
    [InlineData("what-if --timeout soon", "--timeout must be a span like 8s, 500ms or 1m30s, from 50 ms to a day (it is 'soon')")]
    [InlineData("what-if --timeout 2d", "--timeout must be a span like")]
    [InlineData("kill-silo", "Required argument 'NAME' missing")]
    public async Task Run_WrongCommandLine_Is2WithALineAndNeverConnects(string line, string expected)
    {
        var console = new ConsoleHarness();

        Assert.Equal(2, await console.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.StartsWith(expected, console.Error);
        Assert.Contains("See: healing ", console.Error);
        Assert.Equal("", console.Out);
        Assert.Null(console.Asked);
    }

    [Theory]
    [InlineData("ps --connect-timeout 3", 3)]
    [InlineData("--connect-timeout 4s ps", 4)]
    [InlineData("wait books --timeout 3", 10)]
    [InlineData("ps", 10)]
    public async Task Run_ConnectTimeout_IsHowLongConnectingMayTake(string line, int seconds)
    {
        var console = new ConsoleHarness();
        console.Fleet.Agents[Samples.Id("books")] = Samples.Details(Samples.Healthy());

        Assert.Equal(0, await console.RunAsync(line.Split(' ')));

        Assert.Equal(TimeSpan.FromSeconds(seconds), console.Asked!.Timeout);
    }

    [Fact]
    public async Task Run_Help_ListsTheVerbs()
    {
        var console = new ConsoleHarness();

        Assert.Equal(0, await console.RunAsync("--help"));

        Assert.All(
            (string[])["ps", "spawn", "describe", "crash", "restart", "pause", "resume", "release", "stop", "events", "explain", "watch", "wait", "maintenance", "silos", "drain", "kill-silo", "kinds", "what-if", "doctor"],
            verb => Assert.Contains($"\n  {verb} ", console.Out));
    }

    [Fact]
    public async Task Run_NoCluster_Is4WithWhatToStart()
    {
        var console = new ConsoleHarness { ConnectFailure = Client.Connection.Unreachable.NoStore("/data") };

        Assert.Equal(4, await console.RunAsync("ps"));

        Assert.Equal(
            "No cluster was started on this machine (no embedded store in /data).\n"
            + "Start one: dotnet run --project src/Silo -- --silos 3 --demo   or name a store: --redis HOST:PORT\n",
            console.Error);
    }

    [Fact]
    public async Task Run_FaultWithDebug_TellsWhereItComesFromAndEndsAsWithout()
    {
        var unexpected = new ConsoleHarness { ConnectFailure = new InvalidDataException("odd") };
        var unknown = new ConsoleHarness();

        Assert.Equal((1, ExitCodes.NotFound), (await unexpected.RunAsync("ps", "--debug"), await unknown.RunAsync("describe", "nobody", "--debug")));

        Assert.Contains("System.IO.InvalidDataException: odd\n   at ", unexpected.Error, StringComparison.Ordinal);
        Assert.Contains("There is no agent 'nobody'", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnexpectedFault_Is1WithoutAStackTrace()
    {
        var console = new ConsoleHarness { ConnectFailure = new InvalidDataException("odd") };

        Assert.Equal(1, await console.RunAsync("ps"));

        Assert.Equal("InvalidDataException: odd\nMore with --debug.\n", console.Error);
    }
}
