using System.Text.Json;
using OrleansHealing.Agents;
using OrleansHealing.Client.Tests.Fakes;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Tests.Verbs;

public sealed class ReadVerbTests
{
    private readonly FakeFleet _fleet = new();

    public ReadVerbTests()
    {
        SupervisorAction[] log = [Samples.Action(1), Samples.Action(2, ActionKind.Restarting), Samples.Action(3, ActionKind.Quarantined, "x")];
        _fleet.Log.AddRange(log);
        _fleet.Agents[Samples.Id("books")] = Samples.Details(Samples.Healthy(), log[1], log[0]);
        _fleet.Silos.AddRange([Samples.Silo("silo-1", 41), Samples.Silo("silo-2", 42, SiloState.Dead)]);
    }

    [Fact]
    public async Task Describe_Piped_IsAPageWithATimeline()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("describe", "books"));

        Assert.Equal(
            """
            books   healthy   incarnation 3
              kind          data-processing
              silo          silo-2
              last beat     1 s ago
              deadline      in 4 s
              failures      0 in a row, 2 restarts in all
              progress      lines=1200 sha256=0123456789abcdef
              desired       run (by ann, 3 h ago)
              labels        team=red
              settings      path=/data/a.txt
              restart       permanent, quarantined at failure 8 in a row, forgotten after 60 s healthy
              heartbeat     every 1 s, timeout 5 s, progress timeout none
              backoff       at once, then 2 s x 2^(n-1), at most 60 s, jitter 10 %
              grace         start 15 s, stop 5 s, announced silence at most 3600 s

            Checkpoints
              #3.12       9 s ago      1,480 characters

            Actions
              2026-03-01T11:58:21.000Z   failed        #3     Details of 1.
              2026-03-01T11:58:22.000Z   restarting    #3     Details of 2.

            """,
            console.Out);
    }

    [Fact]
    public async Task Describe_PausedWithAnEnd_SaysWhoWhyAndUntilWhen()
    {
        _fleet.Agents[Samples.Id("resting")] = Samples.Details(Samples.Paused()) with
        {
            Desired = new DesiredState
            {
                Mode = DesiredMode.Pause,
                Actor = "ann",
                Reason = "upgrade",
                At = Samples.Now.AddMinutes(-1),
                Until = Samples.Now.AddMinutes(119),
            },
        };
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("describe", "resting"));

        Assert.Contains(
            """
              desired       pause (by ann, 60 s ago, ends in 1 h 59 min: upgrade)
              paused until  2026-03-01T13:59:00.000Z (in 1 h 59 min)

            """,
            console.Out);
    }

    /// <summary>The same shape as <c>GET agents/{id}</c> answers with.</summary>
    [Fact]
    public async Task Describe_AsJson_HasTheViewOnTopAndPolicyInSeconds()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("describe", "books", "-o", "json"));

        using var document = JsonDocument.Parse(console.Out);
        Assert.Equal(
            """
            {"id":"books","kind":"data-processing","status":"healthy","incarnation":3,"consecutiveFailures":0,"totalRestarts":2,"lastHeartbeatAt":"2026-03-01T11:59:58.800Z","deadline":"2026-03-01T12:00:03.750Z","nextRestartAt":null,"silo":"silo-2","progress":{"lines":1200,"sha256":"0123456789abcdef"},"lastFailure":null,"labels":{"team":"red"},"definition":{"id":"books","kind":"data-processing","settings":{"path":"/data/a.txt"}},"policy":{"restart":"permanent","maxRestarts":8,"heartbeatSeconds":1,"timeoutSeconds":5,"progressTimeoutSeconds":null,"stableSeconds":60,"startupSeconds":15,"stopSeconds":5,"maxExpectedSilenceSeconds":3600,"failuresPerCheckpoint":3,"backoff":{"baseSeconds":2,"factor":2,"maxSeconds":60,"jitter":0.1}},"desired":{"mode":"run","actor":"ann","at":"2026-03-01T09:00:00.000Z"},"actions":[{"id":"000002","at":"2026-03-01T11:58:22.000Z","agentId":"books","action":"restarting","incarnation":3,"reason":"crashed","details":"Details of 2.","consecutiveFailures":1},{"id":"000001","at":"2026-03-01T11:58:21.000Z","agentId":"books","action":"failed","incarnation":3,"reason":"crashed","details":"Details of 1.","consecutiveFailures":1}],"checkpoints":[{"incarnation":3,"sequence":12,"at":"2026-03-01T11:59:51.000Z","length":1480}]}
            """,
            JsonSerializer.Serialize(document.RootElement));
        Assert.StartsWith("{\n  \"id\": \"books\",\n", console.Out);
    }

    [Theory]
    [InlineData("describe", "bocks")]
    [InlineData("watch", "bocks")]
    [InlineData("wait", "bocks")]
    public async Task Read_UnknownAgent_Is5WithTheNearOnes(string verb, string id)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(5, await console.RunAsync(verb, id));

        Assert.Equal("There is no agent 'bocks'. Did you mean books?\n", console.Error);
    }

    [Fact]
    public async Task Events_Piped_PrintsALineAnActionOldestFirst()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("events", "--limit", "2"));

        Assert.Equal(
            """
            2026-03-01T11:58:22.000Z   books   restarting    #3     Details of 2.
            2026-03-01T11:58:23.000Z   x       quarantined   #3     Details of 3.

            """,
            console.Out);
    }

    [Fact]
    public async Task Events_OfAnAgentAsNames_PrintsItsActionIds()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("events", "--agent", "books", "-o", "name"));

        Assert.Equal("000001\n000002\n", console.Out);
    }

    [Fact]
    public async Task Events_MoreThanTheClusterTellsAtOnce_AreAskedForPageByPage()
    {
        _fleet.Log.AddRange(Enumerable.Range(4, 2_500).Select(i => Samples.Action(i)));
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("events", "--limit", "2300", "-o", "name"));

        Assert.Equal(Enumerable.Range(204, 2_300).Select(i => Samples.Action(i).Id), console.Out.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Events_AsJson_IsAPage()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("events", "-o", "json", "--limit", "1"));

        Assert.StartsWith("{\n  \"items\": [\n    {\n      \"id\": \"000003\",", console.Out);
        Assert.EndsWith("],\n  \"nextCursor\": null\n}\n", console.Out);
    }

    [Theory]
    [InlineData("wait books", "books: healthy (incarnation 3)\n")]
    [InlineData("wait books -o name", "books\n")]
    [InlineData("wait zzz --for gone", "zzz: gone\n")]
    public async Task Wait_AlreadySo_Returns(string line, string expected)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync(line.Split(' ')));

        Assert.Equal(expected, console.Out);
    }

    [Fact]
    public async Task Wait_ForGoneAsJson_SaysThatItIsSo()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("wait", "zzz", "--for", "gone", "-o", "json"));

        Assert.Equal("""{"id":"zzz","outcome":"ok","message":"gone","incarnation":null}""" + "\n", console.Out);
    }

    [Theory]
    [InlineData("wait books --for quarantined --timeout 0.1", "quarantined")]
    [InlineData("wait books --incarnation 4 --timeout 0.1", "healthy as incarnation 4 or later")]
    public async Task Wait_TimeIsUp_Is7WithWhatItIs(string line, string asked)
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(7, await console.RunAsync(line.Split(' ')));

        Assert.Equal($"books did not become {asked} within 0.1 s: it is healthy (incarnation 3)\n", console.Error);
    }

    [Fact]
    public async Task Silos_Piped_ListsThem()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("silos"));

        Assert.Equal(
            """
            NAME     STATUS   AGENTS   PID   MACHINE   STARTED     ADDRESS             URL
            silo-1   active   4        41    box       5 min ago   127.0.0.1:11111@1   http://127.0.0.1:8080
            silo-2   dead     4        42    box       5 min ago   127.0.0.1:11111@1   http://127.0.0.1:8080

            """,
            console.Out);
    }

    [Fact]
    public async Task Silos_AsJson_HaveTheirStateInAWord()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("silos", "-o", "json"));

        Assert.Contains("\"status\": \"active\",", console.Out);
        Assert.Contains("\"status\": \"dead\",", console.Out);
    }

    [Fact]
    public async Task Kinds_Piped_ListsTheirSettings()
    {
        _fleet.Kinds.Add(new KindView("ai", []));
        _fleet.Kinds.Add(new KindView("process", [new AgentSetting { Name = "command", Type = AgentSettingType.Text, Description = "What to run.", IsRequired = true }]));
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("kinds"));

        Assert.Equal("KIND      SETTING     TYPE   DESCRIPTION\nai        -\nprocess   command *   text   What to run.\n", console.Out);
    }

    [Theory]
    [InlineData(DoctorLevel.Warning, 0)]
    [InlineData(DoctorLevel.Error, 1)]
    public async Task Doctor_Findings_DecideTheCode(DoctorLevel level, int code)
    {
        _fleet.Findings.Add(new DoctorFinding(level, "durability", "Bad."));
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(code, await console.RunAsync("doctor", "-o", "name"));

        Assert.Equal("connection\nclock\ndurability\n", console.Out);
    }

    [Theory]
    [InlineData("events -f")]
    [InlineData("ps -w")]
    [InlineData("watch books")]
    public async Task Follow_UntilCtrlC_EndsAsItShould(string line)
    {
        using var interrupt = new CancellationTokenSource();
        var console = new ConsoleHarness { Fleet = _fleet };
        var run = console.RunAsync(interrupt.Token, line.Split(' '));

        await interrupt.CancelAsync();

        Assert.Equal(0, await run);
        Assert.Equal("", console.Error);
    }

    [Fact]
    public async Task Doctor_NoCluster_Is4AndSaysSo()
    {
        var console = new ConsoleHarness { ConnectFailure = Client.Connection.Unreachable.NoStore("/data") };

        Assert.Equal(4, await console.RunAsync("doctor"));

        Assert.StartsWith("error     connection     No cluster was started on this machine", console.Out);
    }
}
