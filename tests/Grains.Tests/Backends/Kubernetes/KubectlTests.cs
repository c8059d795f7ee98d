using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Backends.Contract;
using OrleansHealing.Tests.Backends.Kubernetes.Fake;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.Kubernetes;

/// <summary>The fake is one that the real kubectl takes for Kubernetes: it sees what the backend did, and the backend what a person did with it.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string Deployment = """{"workload":"deployment/poller"}""";
    private const string Incarnation = "jsonpath={.spec.template.metadata.annotations.orleans-healing/incarnation} {.spec.replicas} {.metadata.resourceVersion}";
    private static readonly AgentId Id = AgentId.Parse("poller");
    private readonly OrderSheet _orders = new(KubernetesAgentExtensions.Kind);
    private ClusterOfAgents _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await ClusterOfAgents.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Kubectl_OfWhatTheBackendDid_SeesIt()
    {
        var kubectl = Kubectl.Of(_cluster.Kubernetes);
        _cluster.Add(ResourceType.Deployments, "poller");

        await _cluster.Backend().StartAsync(_orders.Next(Id, Deployment), Token);

        await kubectl.RunAsync("rollout", "status", "deployment/poller", "--timeout=10s");
        Assert.StartsWith("1 1 ", await kubectl.RunAsync("get", "deployment", "poller", "-o", Incarnation), StringComparison.Ordinal);
        var pods = (await kubectl.GetAsync("pods", "-l", "app=poller,healing.agent in (poller)"))["items"]!.AsArray();
        Assert.Equal("1", (string?)Assert.Single(pods)!["metadata"]!["annotations"]!["orleans-healing/incarnation"]);

        await _cluster.Backend().StopAsync(new AgentStop(Id, KubernetesAgentExtensions.Kind, 1), Token);
        await HealingCluster.UntilAsync("no pod", async () => (await kubectl.GetAsync("pods"))["items"]!.AsArray().Count is 0);
        Assert.Equal(["1 begins", "1 ends"], _cluster.HistoryOf("poller"));
    }

    [Fact]
    public async Task Backend_OfWhatAPersonDidWithKubectl_FindsIt()
    {
        var kubectl = Kubectl.Of(_cluster.Kubernetes);
        _cluster.Add(ResourceType.Deployments, "poller");
        await kubectl.RunAsync("label", "deployment", "poller", "healing.agent-");
        var order = _orders.Next(Id, Deployment);

        // The message of a missing label is a command that can be run as it is.
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _cluster.Backend().StartAsync(order, Token));
        await kubectl.RunAsync(refused.Message.Split("(kubectl ")[1].Split(')')[0].Split(' '));
        await _cluster.Backend().StartAsync(order, Token);
        await SeeAsync("1 begins");

        await kubectl.RunAsync("scale", "deployment/poller", "--replicas=2");
        refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _cluster.Backend().StartAsync(order, Token));
        Assert.Contains("has 2 replicas", refused.Message, StringComparison.Ordinal);
        await kubectl.RunAsync("scale", "deployment/poller", "--replicas=0");
        await HealingCluster.UntilAsync("no pod", () => _cluster.Pods.Count is 0);

        // Scaled down by hand, and not stopped: the order that comes again finds nothing running.
        await _cluster.Backend().StartAsync(order, Token);
        await HealingCluster.UntilAsync("one pod", () => _cluster.Pods.Count is 1);
        Assert.StartsWith("1 1 ", await kubectl.RunAsync("get", "deployment", "poller", "-o", Incarnation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pod_ThatAPersonDeletesOrRestarts_ComesBackAsTheSameIncarnation()
    {
        var kubectl = Kubectl.Of(_cluster.Kubernetes);
        _cluster.Add(ResourceType.Deployments, "poller");
        await _cluster.Backend().StartAsync(_orders.Next(Id, Deployment), Token);
        await SeeAsync("1 begins");

        await kubectl.RunAsync("delete", "pods", "-l", "app=poller");
        await HealingCluster.UntilAsync("the next pod", () => _cluster.HistoryOf("poller").Count is 3);
        await kubectl.RunAsync("rollout", "restart", "deployment/poller");
        await HealingCluster.UntilAsync("the one after it", () => _cluster.HistoryOf("poller").Count is 5);
        Assert.Equal(["1 begins", "1 begins", "1 begins", "1 ends", "1 ends"], _cluster.HistoryOf("poller").Order());

        await kubectl.RunAsync("annotate", "deployment", "poller", "orleans-healing/stopped=5");
        Assert.Contains(
            "was stopped for incarnation 5 already",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => _cluster.Backend().StartAsync(_orders.Next(Id, Deployment), Token))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("merge", """{"metadata":{"resourceVersion":"1"},"spec":{"replicas":1}}""", "Conflict", "the object has been modified")]
    [InlineData("json", """[{"op":"test","path":"/spec/replicas","value":7},{"op":"replace","path":"/spec/replicas","value":1}]""", "", "The request is invalid")]
    [InlineData("strategic", """{"spec":{"replicas":-1}}""", "The Deployment \"poller\" is invalid: spec.replicas", "must be greater than or equal to 0")]
    [InlineData("strategic", """{"metadata":{"labels":{"healing.agent":"a b"}}}""", "The Deployment \"poller\" is invalid: metadata.labels", "a valid label must be an empty string or consist of alphanumeric characters")]
    public async Task Patch_ThatMayNotBe_IsRefusedAsKubernetesRefusesIt(string type, string patch, string what, string why)
    {
        var kubectl = Kubectl.Of(_cluster.Kubernetes);
        _cluster.Add(ResourceType.Deployments, "poller");
        var before = await kubectl.RunAsync("get", "deployment", "poller", "-o", Incarnation);

        var (code, _, errors) = await kubectl.TryAsync("patch", "deployment", "poller", "--type", type, "--patch", patch);

        Assert.Equal(1, code);
        Assert.Contains(what, errors, StringComparison.Ordinal);
        Assert.Contains(why, errors, StringComparison.Ordinal);
        Assert.Equal(before, await kubectl.RunAsync("get", "deployment", "poller", "-o", Incarnation));
    }

    private Task SeeAsync(params string[] history) => HealingCluster.UntilAsync(
        string.Join(", ", history), () => _cluster.HistoryOf("poller").SequenceEqual(history), () => string.Join(", ", _cluster.HistoryOf("poller")));
}
