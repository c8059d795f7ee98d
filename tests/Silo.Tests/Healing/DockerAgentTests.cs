using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Docker.DotNet.Models;
using OrleansHealing.Tests.Backends.Docker;

namespace OrleansHealing.Silo.Healing;

/// <summary>
/// The worker of docs/samples/containers in a real Docker, supervised by a real silo that asks for a key: whatever becomes of its container, it
/// goes on from its checkpoint under the next incarnation.
/// </summary>
public sealed class DockerAgentTests(RealDocker docker) : IAsyncLifetime
{
    private const string Agent = "counter";
    private const string Key = "0123456789abcdef-of-the-operator";
    private static readonly string Worker = Path.GetFullPath(Path.Combine(Here(), "../../../docs/samples/containers/worker.sh"));

    private static readonly object Tireless = new
    {
        maxRestarts = 10_000,
        heartbeatSeconds = 0.2,
        timeoutSeconds = 2.0,
        startupSeconds = 20.0,
        stopSeconds = 2.0,
        backoff = new { baseSeconds = 0.05, maxSeconds = 0.1 },
    };

    private SiloCluster? _cluster;

    private SiloCluster Cluster => _cluster!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await docker.StartAsync();
        _cluster = await SiloCluster.StartAsync(
            StoreKind.Redis, silos: 1, "--Healing:DockerAgents:Enabled=true", $"--Healing:DockerAgents:Endpoint={docker.Endpoint}", $"--Healing:Dashboard:ApiKeys=ada:{Key}");
        _cluster.ApiKey = Key;
        await CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
            await docker.RemoveAllAsync(Agent);
        }
    }

    [Fact]
    public async Task Container_ThatIsKilledStoppedFrozenAndRemoved_ComesBackEachTimeFromItsCheckpoint()
    {
        await Cluster.SpawnAsync(Agent, "docker", new { }, Tireless);
        var seen = await Cluster.SeeAgentAsync(Agent, "to have saved", a => a.Status == "healthy" && Done(a) > 2);
        Assert.Equal(1, seen.Incarnation);

        seen = await ComesBackAsync(seen, "crashed", () => docker.KillAsync(Agent));
        seen = await ComesBackAsync(seen, "exited", () => docker.Client.Containers.StopContainerAsync(Agent, new ContainerStopParameters { WaitBeforeKillSeconds = 5 }, Token));
        seen = await ComesBackAsync(seen, "silent", () => docker.Client.Containers.PauseContainerAsync(Agent, Token));

        // A person who removes it has it rest before.
        await Cluster.PostAsync($"/agents/{Agent}/pause");
        await Eventually.SeeAsync("its container to end", () => docker.InspectAsync(Agent), c => !c.State!.Running);
        await docker.RemoveAsync(Agent);
        await Cluster.PostAsync($"/agents/{Agent}/resume");
        await Cluster.SeeAgentAsync(Agent, "to fail for want of a container", a => a.LastReason == "start-failed");
        Assert.Contains($"There is no container '{Agent}' in the Docker at unix:///", await LastFailureAsync(), StringComparison.Ordinal);

        await CreateAsync();
        var last = await Cluster.SeeAgentAsync(Agent, "to go on in a new container", a => a.Status == "healthy" && Done(a) > Done(seen));
        Assert.InRange(From(last), Done(seen), Done(last));
        await ZombieIsRefusedAsync(last.Incarnation - 1);
        var said = string.Concat(Cluster.Silos.Select(s => s.Output));
        Assert.DoesNotContain(Key, said, StringComparison.Ordinal);
        Assert.DoesNotContain("run-", said, StringComparison.Ordinal);
    }

    private static long Done(AgentSeen agent) => Number(agent, "done");

    /// <summary>What the incarnation began with.</summary>
    private static long From(AgentSeen agent) => Number(agent, "from");

    private static long Number(AgentSeen agent, string name) =>
        agent.Progress is { ValueKind: JsonValueKind.Object } && agent.Progress.TryGetProperty(name, out var number) ? number.GetInt64() : 0;

    private Task CreateAsync() => docker.CreateAsync(Agent, Agent, "", p =>
    {
        p.Cmd = ["sh", "/worker.sh"];
        p.Env = ["PACE=0.1"];
        p.HostConfig!.Binds = [$"{Worker}:/worker.sh:ro"];
    });

    private async Task<AgentSeen> ComesBackAsync(AgentSeen before, string reason, Func<Task> befall)
    {
        before = await Cluster.SeeAgentAsync(Agent, "to be healthy", a => a.Status == "healthy" && a.Incarnation == before.Incarnation);
        await befall();

        var after = await Cluster.SeeAgentAsync(
            Agent, $"to go on after it has {reason}", a => a.Status == "healthy" && a.Incarnation == before.Incarnation + 1 && Done(a) > Done(before));
        Assert.Equal(reason, after.LastReason);

        // It saves before it says how far it is.
        Assert.InRange(From(after), Done(before), Done(after));
        await ZombieIsRefusedAsync(before.Incarnation);
        return after;
    }

    private async Task ZombieIsRefusedAsync(long incarnation)
    {
        foreach (var (method, path, body) in new (HttpMethod, string, object)[]
        {
            (HttpMethod.Put, "checkpoint", new { incarnation, state = 1_000_000 }),
            (HttpMethod.Post, "heartbeat", new { incarnation, progress = new { done = 1_000_000 } }),
        })
        {
            using var answer = await Cluster.SendAsync(method, $"/agents/{Agent}/{path}", body);
            Assert.Equal((path, HttpStatusCode.Conflict), (path, answer.StatusCode));
        }
    }

    private async Task<string?> LastFailureAsync() => (await Cluster.GetAsync($"/agents/{Agent}")).GetProperty("lastFailure").GetProperty("message").GetString();

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
