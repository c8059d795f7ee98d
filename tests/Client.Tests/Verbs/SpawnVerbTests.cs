using OrleansHealing.Agents;
using OrleansHealing.Client.Tests.Fakes;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Tests.Verbs;

public sealed class SpawnVerbTests
{
    private readonly FakeFleet _fleet = new();

    [Fact]
    public async Task Spawn_WithOptions_SendsTheDefinition()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync(
            "spawn", "books", "--kind", "data-processing", "--set", "path=/data/a b.txt", "--set", "linesPerSecond=50", "--set", "loud=true",
            "--label", "team=red", "--restart", "transient", "--max-restarts", "3", "--heartbeat", "0.5", "--timeout", "2.5s",
            "--progress-timeout", "30", "--stable", "10", "--max-expected-silence", "600", "--backoff-base", "1", "--backoff-max", "9"));

        Assert.Equal("books: Spawned as data-processing.\n", console.Out);
        Assert.Equal(
            """{"id":"books","kind":"data-processing","settings":{"path":"/data/a b.txt","linesPerSecond":50,"loud":true},"labels":{"team":"red"},"policy":{"restart":"transient","maxRestarts":3,"heartbeatSeconds":0.5,"timeoutSeconds":2.5,"progressTimeoutSeconds":30,"stableSeconds":10,"maxExpectedSilenceSeconds":600,"backoff":{"baseSeconds":1,"maxSeconds":9}}}""",
            Json(Assert.Single(_fleet.Spawned)));
    }

    [Fact]
    public async Task Spawn_WithKindAlone_LeavesTheRestToKindAndFleet()
    {
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("spawn", "books", "-k", "ai", "-o", "name"));

        Assert.Equal("books\n", console.Out);
        Assert.Equal("""{"id":"books","kind":"ai"}""", Json(Assert.Single(_fleet.Spawned)));
    }

    [Fact]
    public async Task Spawn_FromStdin_TakesAnArray()
    {
        var console = new ConsoleHarness { Fleet = _fleet, Input = """[{"id":"a","kind":"ai"},{"id":"b","kind":"ai","policy":{"maxRestarts":2}}]""" };

        Assert.Equal(0, await console.RunAsync("spawn", "-f", "-"));

        Assert.Equal("a: Spawned as ai.\nb: Spawned as ai.\n", console.Out);
    }

    [Fact]
    public async Task Spawn_FromAFile_TakesOneDefinition()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """{"id":"a","kind":"ai"}""", TestContext.Current.CancellationToken);
            var console = new ConsoleHarness { Fleet = _fleet };

            Assert.Equal(0, await console.RunAsync("spawn", "-f", file));

            Assert.Equal("a", Assert.Single(_fleet.Spawned).Id.Value);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Spawn_FileWithFaults_NamesEveryOneAndSpawnsNothing()
    {
        var console = new ConsoleHarness
        {
            Fleet = _fleet,
            Input =
                """
                [
                  {"id":"ok","kind":"ai"},
                  {"id":"?","labels":{"team":7},"policy":{"maxRestarts":0,"backoff":{"factor":0}}}, // and no kind
                  {"id":"b","kind":"ai","polcy":{},"policy":{"restart":"always","timeoutSeconds":"5"}},
                  {"id":"c","kind":"ai","policy":{"heartbeatSeconds":0,"maxExpectedSilenceSeconds":0}},
                  7,
                  {"id":"ok","kind":"ai"},
                ]
                """,
        };

        Assert.Equal(2, await console.RunAsync("spawn", "-f", "-"));

        Assert.Empty(_fleet.Spawned);
        Assert.Equal(
            """
            stdin has faults; nothing was spawned:
              definition 2: id must be 1 to 128 characters out of A-Z a-z 0-9 . _ : - and start with a letter or a digit (it is '?')
              definition 2: labels.team must be text (it is 7)
              definition 2: kind is required
              definition 2: policy.maxRestarts must be 1 to 1,000,000 (it is 0)
              definition 2: policy.backoff.factor must be 1 to 100 (it is 0)
              definition 3: polcy is unknown (known: id, kind, settings, labels, policy, group)
              definition 3: policy.restart must be one of permanent, transient, temporary (it is 'always')
              definition 3: policy.timeoutSeconds must be a number (it is the text '5')
              definition 4: policy.heartbeatSeconds must be 0.01 to 86400 seconds (it is 0)
              definition 4: policy.maxExpectedSilenceSeconds must be 1 to 604800 seconds (it is 0)
              definition 5: must be a JSON object (it is 7)
              ok is there 2 times

            """,
            console.Error);
    }

    [Fact]
    public async Task Spawn_FileThatTheFleetRefusesInPart_NamesThatBesideTheRestAndSpawnsNothing()
    {
        _fleet.OnCheck = d => d.Kind is "ai" ? [] : [new Fault("kind", $"must be a registered kind: ai (it is '{d.Kind}')")];
        var console = new ConsoleHarness
        {
            Fleet = _fleet,
            Input = """[{"id":"ok","kind":"ai"},{"id":"?","kind":"x","policy":{"maxRestarts":"y","heartbeatSeconds":-1}},{"id":"c","kind":"z"}]""",
        };

        Assert.Equal(2, await console.RunAsync("spawn", "-f", "-"));

        Assert.Empty(_fleet.Spawned);
        Assert.Equal(
            """
            stdin has faults; nothing was spawned:
              definition 2: id must be 1 to 128 characters out of A-Z a-z 0-9 . _ : - and start with a letter or a digit (it is '?')
              definition 2: policy.maxRestarts must be a whole number (it is the text 'y')
              definition 2: policy.heartbeatSeconds must be 0.01 to 86400 seconds (it is -1)
              definition 2: kind must be a registered kind: ai (it is 'x')
              definition 3: kind must be a registered kind: ai (it is 'z')

            """,
            console.Error);
    }

    [Fact]
    public async Task Spawn_FileWithFaultsAndNoCluster_NamesThoseThatNeedNone()
    {
        var console = new ConsoleHarness { ConnectFailure = Client.Connection.Unreachable.NoStore("/data"), Input = """{"id":"?","kind":"ai"}""" };

        Assert.Equal(2, await console.RunAsync("spawn", "-f", "-"));

        Assert.StartsWith("stdin has faults; nothing was spawned:\n  definition 1: id must be", console.Error);
    }

    [Theory]
    [InlineData("{", "stdin must be one JSON value (line 1, byte 2: ")]
    [InlineData("", "stdin must be one JSON value (line 1, byte 1: ")]
    [InlineData("{\"id\":\"a\",\n\"kind\": }", "stdin must be one JSON value (line 2, byte 9: ")]
    public async Task Spawn_FileThatIsNoJson_Is2(string input, string expected)
    {
        var console = new ConsoleHarness { Input = input };

        Assert.Equal(2, await console.RunAsync("spawn", "-f", "-"));

        Assert.StartsWith(expected, console.Error);
    }

    [Fact]
    public async Task Spawn_Invalid_PrintsEveryFaultOnItsOwnLine()
    {
        _fleet.OnSpawn = _ => CommandResult.Invalid([new Fault("kind", "must be one of ai (it is 'x')"), new Fault("policy.maxRestarts", "must be 1 to 1,000,000 (it is 0)")]);
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(2, await console.RunAsync("spawn", "a", "--kind", "x", "--max-restarts", "0"));

        Assert.Equal("a is not valid:\n  kind must be one of ai (it is 'x')\n  policy.maxRestarts must be 1 to 1,000,000 (it is 0)\n", console.Error);
    }

    [Fact]
    public async Task Spawn_ThereAlready_Is1()
    {
        _fleet.OnSpawn = _ => CommandResult.Conflict("There is an agent 'a' already.");
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(1, await console.RunAsync("spawn", "a", "--kind", "ai"));

        Assert.Equal("a: There is an agent 'a' already.\n", console.Error);
    }

    [Fact]
    public async Task Spawn_AnswerLostThenThereAlready_WasCarriedOutIfItIsTheSame()
    {
        var view = Samples.Healthy("a") with { Kind = "ai" };
        _fleet.Agents[Samples.Id("a")] = Samples.Details(view) with { Definition = new AgentDefinition { Id = view.Id, Kind = "ai" } };
        _fleet.Failures.Enqueue(new SiloUnavailableException("died"));
        _fleet.OnSpawn = _ => CommandResult.Conflict("There is an agent 'a' already.");
        var console = new ConsoleHarness { Fleet = _fleet };

        Assert.Equal(0, await console.RunAsync("spawn", "a", "--kind", "ai"));

        Assert.Equal("a: Spawned.\n", console.Out);
    }

    private static string Json(AgentDefinition definition) => JsonText.From(definition, HealingJson.Default.Options).Text;
}
