using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.Docker;

/// <summary>Supervised containers in a real Docker, on two silos that both listen to it. Silence would take a minute to be noticed: what is healed here was told.</summary>
public sealed class DockerAgentTests(DockerCluster dockers, RealDocker docker) : IClassFixture<DockerCluster>, IAsyncLifetime
{
    private const string Forever = "trap 'exit 0' TERM; while :; do sleep 0.05; done";
    private static readonly PolicySettings Quick = new()
    {
        TimeoutSeconds = 60,
        HeartbeatSeconds = 1,
        StartupSeconds = 60,
        MaxRestarts = 3,
        Backoff = new() { BaseSeconds = 0.05, MaxSeconds = 0.1 },
    };

    private readonly string _name = $"a{Guid.NewGuid():N}";

    private AgentId Id => AgentId.Parse(_name);

    private HealingCluster Cluster => dockers.Cluster;

    public ValueTask InitializeAsync() => new(dockers.StartAsync());

    public async ValueTask DisposeAsync()
    {
        if (dockers.IsStarted)
        {
            await Cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Pause, "anna"));
            await docker.RemoveAllAsync(_name);
        }
    }

    [Fact]
    public async Task Container_ThatIsKilled_IsToldAndStartedAgain()
    {
        await docker.CreateAsync(_name, _name, $"echo the disk is full >&2; {Forever}");
        await SpawnAsync(Quick);
        await BeatAsync(1);

        await docker.KillAsync(_name);

        var failed = await SeeAsync("to have failed", a => a.Incarnation == 2);
        Assert.Equal(
            (FailureReason.Crashed, $"The container '{_name}' was killed by SIGKILL (status 137): by somebody, or by the kernel for want of memory; it last said on stderr: the disk is full"),
            (failed.LastFailure!.Reason, failed.LastFailure.Message));
        await BeatAsync(2);
        Assert.Equal(CommandOutcome.Conflict, (await Cluster.Fleet.HeartbeatAsync(Id, new(1))).Outcome);

        // The words are those of the one that died, and not of all before it.
        await docker.KillAsync(_name);
        await SeeAsync("to have failed again", a => a.Incarnation == 3 && a.LastFailure!.Message.EndsWith(" on stderr: the disk is full", StringComparison.Ordinal));
    }

    /// <summary>As by <c>docker stop</c>: it was not the supervisor who wanted that.</summary>
    [Fact]
    public async Task Container_ThatSomebodyElseStops_IsStartedAgain()
    {
        await docker.CreateAsync(_name, _name, "trap 'exit 143' TERM; while :; do sleep 0.05; done");
        await SpawnAsync(Quick);
        await BeatAsync(1);

        await docker.Client.Containers.StopContainerAsync(_name, new() { WaitBeforeKillSeconds = 5 }, TestContext.Current.CancellationToken);

        var failed = await SeeAsync("to have failed", a => a.Incarnation == 2);
        Assert.Equal(
            (FailureReason.Crashed, $"The container '{_name}' was killed by SIGTERM (status 143); it said nothing on stderr"), (failed.LastFailure!.Reason, failed.LastFailure.Message));
        await BeatAsync(2);
    }

    [Fact]
    public async Task Container_ThatIsPausedByOrder_EndsAndIsNoFailure()
    {
        await docker.CreateAsync(_name, _name, Forever);
        await SpawnAsync(Quick);
        await BeatAsync(1);

        Assert.Equal(CommandOutcome.Ok, (await Cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Pause, "anna"))).Outcome);
        await HealingCluster.UntilAsync("its container to end", async () => !(await docker.InspectAsync(_name)).State!.Running);
        Assert.Equal(CommandOutcome.Ok, (await Cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Resume, "anna"))).Outcome);

        await BeatAsync(2);
        var agent = await SeeAsync("to be healthy", a => a.Status is AgentStatus.Healthy);
        Assert.Equal((0, null), (agent.ConsecutiveFailures, agent.LastFailure));
    }

    [Fact]
    public async Task Container_ThatExitsWith0_IsDoneWhereItsPolicySaysSo()
    {
        await docker.CreateAsync(_name, _name, "while [ ! -e /.healing/done ]; do sleep 0.05; done");
        await SpawnAsync(Quick with { Restart = RestartPolicy.Transient });
        await BeatAsync(1);

        await docker.PutAsync(_name, "/.healing", "done", "");

        var done = await SeeAsync("to be done", a => a.Status is AgentStatus.Completed);
        Assert.Equal((1, 0, null), (done.Incarnation, done.ConsecutiveFailures, done.LastFailure));
    }

    [Fact]
    public async Task Container_ThatExitsBeforeItBeats_HasFailedToStart()
    {
        await docker.CreateAsync(_name, _name, "echo no key >&2; exit 4");
        await SpawnAsync(Quick);

        var given = await SeeAsync("to be given up on", a => a.Status is AgentStatus.Quarantined);

        Assert.Equal(
            (FailureReason.StartFailed, $"The container '{_name}' exited with code 4 before its first heartbeat; it last said on stderr: no key", 3),
            (given.LastFailure!.Reason, given.LastFailure.Message, given.ConsecutiveFailures));
    }

    [Fact]
    public async Task Container_ThatSaysThatNoRestartHelps_IsQuarantinedAtOnce()
    {
        await docker.CreateAsync(_name, _name, "exit 78");
        await SpawnAsync(Quick);

        var given = await SeeAsync("to be given up on", a => a.Status is AgentStatus.Quarantined);

        Assert.Equal((FailureReason.Fatal, 1), (given.LastFailure!.Reason, given.ConsecutiveFailures));
        Assert.EndsWith("(78 is EX_CONFIG: no restart helps)", given.LastFailure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_ThatOutgrowsItsMemory_FailsForThat()
    {
        await docker.CreateAsync(_name, _name, "while [ ! -e /.healing/grow ]; do sleep 0.05; done; exec tail /dev/zero", p => p.HostConfig!.Memory = 16 << 20);
        await SpawnAsync(Quick);
        await BeatAsync(1);

        await docker.PutAsync(_name, "/.healing", "grow", "");

        var failed = await SeeAsync("to have failed", a => a.LastFailure is not null);
        Assert.Equal(
            (FailureReason.OutOfMemory, $"The container '{_name}' ran out of memory, and was ended with status 137; it said nothing on stderr"),
            (failed.LastFailure!.Reason, failed.LastFailure.Message));
    }

    [Fact]
    public async Task Container_ThatIsRemoved_FailsToStartUntilItIsThereAgain()
    {
        await docker.CreateAsync(_name, _name, Forever);
        await SpawnAsync(Quick);
        await BeatAsync(1);

        await docker.RemoveAsync(_name);

        await Cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Restart, "anna"));
        var given = await SeeAsync("to be given up on", a => a.Status is AgentStatus.Quarantined);
        Assert.Equal(FailureReason.StartFailed, given.LastFailure!.Reason);
        Assert.Contains($"There is no container '{_name}' in the Docker at unix:///", given.LastFailure.Message, StringComparison.Ordinal);
        await docker.CreateAsync(_name, _name, Forever);
        Assert.Equal(CommandOutcome.Ok, (await Cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Release, "anna"))).Outcome);
        var released = await SeeAsync("to be started", a => a.Incarnation > given.Incarnation);
        await BeatAsync(released.Incarnation);
    }

    /// <summary>What ended while nobody listened is told once somebody does again.</summary>
    [Fact]
    public async Task Container_ThatEndsWhileDockerIsOutOfReach_IsToldOnceItIsBack()
    {
        await docker.CreateAsync(_name, _name, Forever);
        await SpawnAsync(Quick);
        await BeatAsync(1);
        dockers.Relay.Cut();
        await HealingCluster.UntilAsync("both silos to have lost it", () => dockers.Relay.Refused >= 4);

        await docker.KillAsync(_name);
        dockers.Relay.Mend();

        await BeatAsync(2);
        Assert.Equal(FailureReason.Crashed, (await SeeAsync("to be healthy", a => a.Status is AgentStatus.Healthy)).LastFailure!.Reason);
    }

    private async Task SpawnAsync(PolicySettings policy) => Assert.Equal(
        CommandOutcome.Ok, (await Cluster.Fleet.SpawnAsync(new AgentDefinition { Id = Id, Kind = DockerAgentExtensions.Kind, Policy = policy }, "anna")).Outcome);

    /// <summary>For the program in the container, once it runs.</summary>
    private async Task BeatAsync(long incarnation)
    {
        await HealingCluster.UntilAsync(
            $"its container to run as {incarnation}", async () => (await docker.InspectAsync(_name)).State!.Running && await docker.ReadAsync(_name, "/.healing/incarnation") == $"{incarnation}\n");
        Assert.Equal(CommandOutcome.Ok, (await Cluster.Fleet.HeartbeatAsync(Id, new(incarnation))).Outcome);
    }

    private Task<AgentView> SeeAsync(string awaited, Func<AgentView, bool> isIt) => Cluster.SeeAsync(Id, awaited, isIt);
}
