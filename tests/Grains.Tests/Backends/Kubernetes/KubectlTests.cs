using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Backends.Contract;
using OrleansHealing.Tests.Backends.Kubernetes.Fake;

namespace OrleansHealing.Tests.Backends.Kubernetes;

/// <summary>The fake is one that the real kubectl takes for Kubernetes, so what the backend does to it is what a person does with kubectl.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
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

        await _cluster.Backend().StartAsync(_orders.Next(Id, """{"workload":"deployment/poller"}"""), Token);

        var deployment = await kubectl.GetAsync("deployment", "poller");
        Assert.Equal((1, "1"), ((int)deployment["spec"]!["replicas"]!, (string?)deployment["spec"]!["template"]!["metadata"]!["annotations"]!["orleans-healing/incarnation"]));
        await kubectl.RunAsync("rollout", "status", "deployment/poller", "--timeout=10s");
        var pods = (await kubectl.GetAsync("pods", "-l", "app=poller,healing.agent in (poller)"))["items"]!.AsArray();
        Assert.Equal("1", (string?)Assert.Single(pods)!["metadata"]!["annotations"]!["orleans-healing/incarnation"]);
        Assert.Empty((await kubectl.GetAsync("pods", "-l", "app!=poller"))["items"]!.AsArray());
    }
}
