using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Architecture;
using OrleansHealing.Tests.Backends.Contract;
using OrleansHealing.Tests.Backends.Kubernetes.Fake;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.Kubernetes;

/// <summary>The manifests of deploy/kubernetes, applied by kubectl: a silo with that Role and no more carries out every order, and needs each verb of it.</summary>
public sealed class KubernetesManifestTests : IAsyncLifetime
{
    private static readonly AgentId Poller = AgentId.Parse("poller");
    private static readonly string Folder = Path.Combine(SourceTree.Src, "..", "deploy", "kubernetes");
    private readonly OrderSheet _orders = new(KubernetesAgentExtensions.Kind);
    private ClusterOfAgents _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await ClusterOfAgents.StartAsync(withRole: false);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Manifests_AppliedByKubectl_AreEnoughForAnAgentAndItsSilo()
    {
        var kubectl = Kubectl.Of(_cluster.Kubernetes);
        var seen = new TaskCompletionSource<IReadOnlyDictionary<string, string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.Kubernetes.Kubelet.Images["registry.example/poller:7"] = (container, told) =>
        {
            seen.TrySetResult(container.Environment);
            return Task.Delay(Timeout.Infinite, told);
        };
        await kubectl.RunAsync("apply", "--validate=false", "-f", Folder);
        await kubectl.RunAsync("apply", "--validate=false", "-f", Folder);

        await _cluster.Backend().StartAsync(_orders.Next(Poller, """{"workload":"deployment/poller","namespace":"agents"}"""), Token);

        var environment = await seen.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(("poller", "1", "1", ""), (environment["HEALING_AGENT"], environment["HEALING_INCARNATION"], environment["HEALING_FIRST_INCARNATION"], environment["HEALING_PREVIOUS_FAILURE"]));

        await EveryOrderAsync();
        string[] needed = ["delete pods", "get deployments", "get pods", "get statefulsets", "list deployments", "list pods", "list statefulsets", "patch deployments", "patch pods", "patch statefulsets"];
        Assert.Equal(needed, Used());
        var rules = (await kubectl.GetAsync("role", "healing"))["rules"]!.AsArray();
        Assert.Equal(needed, rules.SelectMany(r => r!["resources"]!.AsArray().SelectMany(o => r["verbs"]!.AsArray().Select(v => $"{v} {o}"))).Order(StringComparer.Ordinal));
        Assert.Contains(
            "User \"system:serviceaccount:agents:healing\" cannot list resource \"secrets\"", (await kubectl.AsSilo().TryAsync("get", "secrets")).Errors, StringComparison.Ordinal);
    }

    /// <summary>Starts, restarts and stops one agent of each sort.</summary>
    private async Task EveryOrderAsync()
    {
        _cluster.Add(ResourceType.StatefulSets, "set");
        _cluster.Add(ResourceType.StatefulSets, "pod", ClusterOfAgents.Waiting, """{"replicas": 1}""");
        _cluster.Add(ResourceType.Deployments, "selected", ClusterOfAgents.Waiting, """{"replicas": 1}""");
        foreach (var (agent, settings) in new[] { ("poller", """{"workload":"deployment/poller"}"""), ("set", """{"workload":"statefulset/set"}"""), ("pod", """{"pod":"pod-0"}"""), ("selected", """{"selector":"app=selected"}""") })
        {
            var id = AgentId.Parse(agent);
            await _cluster.Backend().StartAsync(_orders.Next(id, settings), Token);
            await _cluster.Backend().StartAsync(_orders.Next(id, settings), Token);
            await _cluster.Backend().StopAsync(new AgentStop(id, KubernetesAgentExtensions.Kind, 9), Token);
            await HealingCluster.UntilAsync("its end", () => !_cluster.HistoryOf(agent).Any() || _cluster.HistoryOf(agent)[^1].EndsWith("ends", StringComparison.Ordinal));
        }
    }

    private List<string> Used() =>
    [
        .. _cluster.Kubernetes.Requests.Select(r => (r.Method, Parts: r.Path.Split("/agents/")[1].Split('/')))
            .Select(r => $"{(r.Method is "GET" ? (r.Parts.Length is 1 ? "list" : "get") : r.Method.ToLowerInvariant())} {r.Parts[0]}")
            .Distinct().Order(StringComparer.Ordinal),
    ];
}
