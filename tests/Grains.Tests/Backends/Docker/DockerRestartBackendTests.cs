using Docker.DotNet.Models;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Backends.Docker;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Backends.Contract;
using OrleansHealing.Tests.Hosting;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Backends.Docker;

/// <summary>What is particular to containers, in a real Docker.</summary>
public sealed class DockerRestartBackendTests(RealDocker docker) : IAsyncLifetime
{
    private const string Forever = "trap 'exit 0' TERM; while :; do sleep 0.05; done";
    private readonly OrderSheet _orders = new(DockerAgentExtensions.Kind);
    private readonly string _name = $"b{Guid.NewGuid():N}";
    private readonly NotedExits _exits = new();
    private DockerEngine _engine = null!;
    private DockerRestartBackend _backend = null!;

    private AgentId Id => AgentId.Parse(_name);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await docker.StartAsync();
        var options = Options.Create(new DockerAgentOptions { Endpoint = docker.Endpoint });
        _engine = new DockerEngine(options, TimeProvider.System);
        _backend = new DockerRestartBackend(_engine, _exits, options, new SiloAddressOfPages { Url = "http://silo:1" }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await docker.RemoveAllAsync(_name);
            _engine.Dispose();
        }
    }

    /// <summary>It is told all before it runs, and what it is told is there for a program of any user.</summary>
    [Fact]
    public async Task Start_OfAContainer_TellsItWhatItIs()
    {
        await docker.CreateAsync(_name, _name, $"cat /.healing/order.json /.healing/incarnation; {Forever}", p => p.User = "65534");
        var order = _orders.Next(Id) with
        {
            Incarnation = 7,
            FirstIncarnation = 3,
            PreviousFailure = new AgentFailure(FailureReason.Silent, "no heartbeat for 5 s", Given.Now),
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };

        await _backend.StartAsync(order, Token);

        var container = await docker.InspectAsync(_name);
        await HealingCluster.UntilAsync("it to say its incarnation", async () => (await SaidAsync()).EndsWith("\n7\n", StringComparison.Ordinal));
        var note = $$"""
            {
              "agent": "{{_name}}",
              "container": "{{container.ID}}",
              "incarnation": 7,
              "firstIncarnation": 3,
              "heartbeatSeconds": 1,
              "timeoutSeconds": 5,
              "startupSeconds": 15,
              "stopSeconds": 5,
              "startedBefore": "0001-01-01T00:00:00Z",
              "endedBefore": "0001-01-01T00:00:00Z",
              "labels": {},
              "previousFailure": {
                "reason": "silent",
                "message": "no heartbeat for 5 s",
                "at": "2026-01-02T03:04:05+00:00"
              },
              "url": "http://silo:1",
              "traceParent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            }
            7

            """;
        Assert.Equal(note, await SaidAsync());
    }

    /// <summary>The docker form of a process that got SIGSTOP: it is killed without waking up, since it is no longer what it would work on as.</summary>
    [Fact]
    public async Task Start_OfAPausedContainer_KillsWhatIsFrozenAndBringsItBack()
    {
        await docker.CreateAsync(_name, _name, "trap 'echo woken; exit 0' TERM; echo begun; while :; do sleep 0.05; done");
        await _backend.StartAsync(_orders.Next(Id), Token);
        await HealingCluster.UntilAsync("it to begin", async () => await SaidAsync() == "begun\n");
        await docker.Client.Containers.PauseContainerAsync(_name, Token);

        await _backend.StartAsync(_orders.Next(Id), Token);

        await HealingCluster.UntilAsync("it to begin again", async () => await SaidAsync() == "begun\nbegun\n");
        Assert.True((await docker.InspectAsync(_name)).State is { Running: true, Paused: false });
    }

    [Fact]
    public async Task Start_TheSameOrderAgainForAPausedContainer_ThawsIt()
    {
        await docker.CreateAsync(_name, _name, Forever);
        var order = _orders.Next(Id);
        await _backend.StartAsync(order, Token);
        var before = await docker.InspectAsync(_name);
        await docker.Client.Containers.PauseContainerAsync(_name, Token);

        await _backend.StartAsync(order, Token);

        var after = await docker.InspectAsync(_name);
        Assert.Equal((false, before.State!.StartedAt), (after.State!.Paused, after.State.StartedAt));
    }

    [Fact]
    public async Task Stop_OfAPausedContainer_EndsIt()
    {
        await docker.CreateAsync(_name, _name, Forever);
        await _backend.StartAsync(_orders.Next(Id), Token);
        await docker.Client.Containers.PauseContainerAsync(_name, Token);

        await _backend.StopAsync(new AgentStop(Id, DockerAgentExtensions.Kind, 1), Token);

        Assert.Equal((false, 137L), ((await docker.InspectAsync(_name)).State!.Running, (await docker.InspectAsync(_name)).State!.ExitCode));
    }

    [Fact]
    public async Task Start_OfAContainerThatDoesNotLeave_KillsItAfterItsGrace()
    {
        await docker.CreateAsync(_name, _name, "trap '' TERM; echo begun; while :; do sleep 0.05; done");
        await _backend.StartAsync(_orders.Next(Id), Token);
        await HealingCluster.UntilAsync("it to begin", async () => await SaidAsync() == "begun\n");
        var next = _orders.Next(Id);

        await _backend.StartAsync(next with { Policy = next.Policy with { StopGrace = TimeSpan.FromSeconds(1) } }, Token);

        await HealingCluster.UntilAsync("it to begin again", async () => await SaidAsync() == "begun\nbegun\n");
    }

    /// <summary>An incarnation is started once; that it ended is for the supervisor to judge.</summary>
    [Fact]
    public async Task Start_OfAnIncarnationThatHasEnded_TellsItsEnd()
    {
        await docker.CreateAsync(_name, _name, "exit 3");
        var order = _orders.Next(Id);
        await _backend.StartAsync(order, Token);
        await docker.Client.Containers.WaitContainerAsync(_name, Token);

        await _backend.StartAsync(order, Token);

        Assert.Equal((Id, 1, 3), Assert.Single(_exits.Told));
        Assert.Equal("exited", (await docker.InspectAsync(_name)).State!.Status);
        await _backend.StartAsync(_orders.Next(Id), Token);
        Assert.Single(_exits.Told);
    }

    [Fact]
    public async Task Start_OfAnOlderIncarnation_IsRefusedAndSaysWhatToDoIfItIsNone()
    {
        await docker.CreateAsync(_name, _name, Forever);
        var first = _orders.Next(Id);
        await _backend.StartAsync(_orders.Next(Id), Token);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _backend.StartAsync(first, Token));

        Assert.Equal(
            $"The container '{_name}' was told incarnation 2 already, so 1 is an old order. If another fleet had it before, remove it and make it anew.", error.Message);
    }

    /// <summary>The guard against a restart of the database by a wrong name.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("another-agent")]
    public async Task Start_OfAContainerThatIsNotItsOwn_LeavesItAlone(string? label)
    {
        await docker.CreateAsync(label, _name, Forever);
        await docker.Client.Containers.StartContainerAsync(_name, new ContainerStartParameters(), Token);
        var before = await docker.InspectAsync(_name);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _backend.StartAsync(_orders.Next(Id), Token));
        await _backend.StopAsync(new AgentStop(Id, DockerAgentExtensions.Kind, 1), Token);

        Assert.Equal(
            $"The container '{_name}' is left alone, since it does not have the label healing.agent={_name}. If it is meant to be this agent, make it anew with --label healing.agent={_name}.",
            error.Message);
        var after = await docker.InspectAsync(_name);
        Assert.Equal((true, before.State!.StartedAt), (after.State!.Running, after.State.StartedAt));
    }

    /// <summary>What runs with its label was started by somebody else, as by a compose file: it is no incarnation until it is ordered.</summary>
    [Fact]
    public async Task Start_OfAContainerThatRunsAlready_StartsItAnewAsTheIncarnation()
    {
        await docker.CreateAsync(_name, _name, $"cat /.healing/incarnation; {Forever}");
        await docker.Client.Containers.StartContainerAsync(_name, new ContainerStartParameters(), Token);
        await _backend.StopAsync(new AgentStop(Id, DockerAgentExtensions.Kind, 1), Token);
        Assert.True((await docker.InspectAsync(_name)).State!.Running);

        await _backend.StartAsync(_orders.Next(Id), Token);

        await HealingCluster.UntilAsync("it to know its incarnation", async () => await SaidAsync() == "1\n");
    }

    [Theory]
    [InlineData(RestartPolicyKind.Always, "always")]
    [InlineData(RestartPolicyKind.UnlessStopped, "unless-stopped")]
    [InlineData(RestartPolicyKind.OnFailure, "on-failure")]
    public async Task Start_OfAContainerThatDockerRestarts_IsRefused(RestartPolicyKind policy, string word)
    {
        await docker.CreateAsync(_name, _name, Forever, p => p.HostConfig!.RestartPolicy = new() { Name = policy });

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _backend.StartAsync(_orders.Next(Id), Token));

        Assert.Equal(
            $"The container '{_name}' is restarted by Docker too (its restart policy is {word}), and nobody would know as which incarnation: docker update --restart=no {_name}.",
            error.Message);
        Assert.Equal("created", (await docker.InspectAsync(_name)).State!.Status);
    }

    [Fact]
    public async Task Start_OfAContainerThatIsThrownAway_IsRefused()
    {
        await docker.CreateAsync(_name, _name, Forever, p => p.HostConfig!.AutoRemove = true);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _backend.StartAsync(_orders.Next(Id), Token));

        Assert.Equal($"The container '{_name}' was made with --rm, and is gone once it ends: make it anew without.", error.Message);
    }

    [Fact]
    public async Task Start_OfAReadOnlyContainer_IsRefusedUnlessItHasAVolumeForTheNote()
    {
        await docker.CreateAsync(_name, _name, Forever, p => p.HostConfig!.ReadonlyRootfs = true);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _backend.StartAsync(_orders.Next(Id), Token));

        Assert.Equal(
            $"The container '{_name}' cannot be told its incarnation, since nothing can be written to /.healing in it (container rootfs is marked read-only). If its root is read only, make it with a volume there: -v /.healing.",
            error.Message);
        await docker.RemoveAsync(_name);
        await docker.CreateAsync(_name, _name, $"cat /.healing/incarnation; {Forever}", p =>
        {
            p.HostConfig!.ReadonlyRootfs = true;
            p.Volumes = new Dictionary<string, EmptyStruct> { ["/.healing"] = default };
        });
        await _backend.StartAsync(_orders.Next(Id), Token);
        await _backend.StartAsync(_orders.Next(Id), Token);
        await HealingCluster.UntilAsync("it to know its incarnations", async () => await SaidAsync() == "2\n3\n");
    }

    /// <summary>It harms nobody but itself: what is no note counts as none.</summary>
    [Fact]
    public async Task Start_OfAContainerThatSpoiltItsNote_TellsItAnew()
    {
        await docker.CreateAsync(_name, _name, $"cat /.healing/incarnation; echo spoilt > /.healing/order.json; {Forever}");
        await _backend.StartAsync(_orders.Next(Id), Token);
        await HealingCluster.UntilAsync("its first words", async () => await SaidAsync() == "1\n");

        await _backend.StartAsync(_orders.Next(Id), Token);

        await HealingCluster.UntilAsync("its second words", async () => await SaidAsync() == "1\n2\n");
    }

    [Fact]
    public async Task Start_OfWhatCannotRun_FailsWithTheReasonThatDockerHas()
    {
        await docker.CreateAsync(_name, _name, "", p => p.Cmd = ["no-such-program"]);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _backend.StartAsync(_orders.Next(Id), Token));

        Assert.StartsWith("Docker refused: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"no-such-program\": executable file not found", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> SaidAsync()
    {
        using var stream = await docker.Client.Containers.GetContainerLogsAsync(_name, new ContainerLogsParameters { ShowStdout = true }, Token);
        return (await stream.ReadOutputToEndAsync(Token)).stdout;
    }
}
