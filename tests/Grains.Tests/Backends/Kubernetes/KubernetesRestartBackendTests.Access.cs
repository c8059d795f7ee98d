using OrleansHealing.Backends;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Backends.Kubernetes.Fake;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.Kubernetes;

/// <summary>Kubeconfigs, tokens, namespaces and rights.</summary>
public sealed partial class KubernetesRestartBackendTests
{
    [Theory]
    [InlineData(Deployment, "get", "The get of deployment 'poller' in namespace 'agents' is forbidden: a Role there has to allow the verb 'get' on 'deployments' of the apiGroup 'apps'.")]
    [InlineData(Deployment, "patch", "The patch of deployment 'poller' in namespace 'agents' is forbidden: a Role there has to allow the verb 'patch' on 'deployments' of the apiGroup 'apps'.")]
    [InlineData(StatefulSet, "patch", "The patch of statefulset 'poller' in namespace 'agents' is forbidden: a Role there has to allow the verb 'patch' on 'statefulsets' of the apiGroup 'apps'.")]
    [InlineData(Pod, "get", "The get of pod 'poller-0' in namespace 'agents' is forbidden: a Role there has to allow the verb 'get' on 'pods' of the apiGroup ''.")]
    [InlineData(Pod, "patch", "The patch of pod 'poller-0' in namespace 'agents' is forbidden: a Role there has to allow the verb 'patch' on 'pods' of the apiGroup ''.")]
    [InlineData(Pod, "delete", "The delete of pod 'poller-0' in namespace 'agents' is forbidden: a Role there has to allow the verb 'delete' on 'pods' of the apiGroup ''.")]
    [InlineData("""{"selector":"app=poller"}""", "list", "The list of pods in namespace 'agents' is forbidden: a Role there has to allow the verb 'list' on 'pods' of the apiGroup ''.")]
    public async Task Start_WithoutARight_SaysWhichVerbOnWhat(string settings, string missing, string expected)
    {
        _cluster.Add(ResourceType.StatefulSets, "poller", ClusterOfAgents.Waiting, """{"replicas": 1}""");
        _cluster.Add(ResourceType.Deployments, "poller");
        await HealingCluster.UntilAsync("its pod", () => _cluster.Pods.Count > 0);
        if (missing is "delete")
        {
            await _cluster.Backend().StartAsync(Order(1, settings), Token);
        }

        string[] verbs = [.. new List<string> { "get", "list", "patch", "delete" }.Where(v => v != missing)];
        _cluster.AllowOnly(("deployments", verbs), ("statefulsets", verbs), ("pods", verbs));

        var message = await RefusedAsync(Order(2, settings));

        Assert.StartsWith(expected, message, StringComparison.Ordinal);
        Assert.Contains("Kubernetes says: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeKubernetes.SilosToken, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithATokenThatIsNotTaken_SaysSoAndReadsTheKubeconfigAgainNextTime()
    {
        _cluster.Add(ResourceType.Deployments, "poller");
        var config = Path.Combine(_cluster.Kubernetes.Home, "rotated");
        var right = await File.ReadAllTextAsync(_cluster.Kubernetes.SilosConfig, Token);
        await File.WriteAllTextAsync(config, right.Replace(FakeKubernetes.SilosToken, "token-of-yesterday", StringComparison.Ordinal), Token);
        var backend = _cluster.Backend(config: config);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => backend.StartAsync(Order(1, Deployment), Token));
        Assert.Equal("Kubernetes does not take the credentials (401).", error.Message);
        Assert.DoesNotContain("yesterday", error.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(config, right, Token);
        await backend.StartAsync(Order(1, Deployment), Token);
        await SeeAsync("1 begins");
    }

    [Fact]
    public async Task Start_InANamespaceThatIsNotAllowed_IsRefusedAndAsksNobody()
    {
        Assert.Equal(
            "The namespace 'elsewhere' is none that agents may be in; KubernetesAgentOptions.Namespaces holds: agents.",
            await RefusedAsync(Order(1, """{"workload":"deployment/poller","namespace":"elsewhere"}""")));
        Assert.Empty(_cluster.Kubernetes.Requests);
    }

    [Fact]
    public async Task Stop_WithRightsToOneSortOnly_StopsThatSort()
    {
        _cluster.Add(ResourceType.StatefulSets, "poller", ClusterOfAgents.Waiting, """{"replicas": 1}""");
        await _cluster.Backend().StartAsync(Order(1, Pod), Token);
        await SeeAsync("1 begins");
        _cluster.Allow("pods");

        await _cluster.Backend().StopAsync(new AgentStop(Id, KubernetesAgentExtensions.Kind, 1), Token);

        // Its StatefulSet makes another one, which has no incarnation and waits for one.
        await SeeAsync("1 begins", "1 ends");
        await HealingCluster.UntilAsync("a pod that waits", () => _cluster.Pods is [var pod] && pod["metadata"]!["annotations"]?["orleans-healing/incarnation"] is null && pod["metadata"]!["deletionTimestamp"] is null);
    }

    [Fact]
    public async Task Stop_WithoutAnyRight_SaysWhichIsMissing()
    {
        _cluster.AllowOnly();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _cluster.Backend().StopAsync(new AgentStop(Id, KubernetesAgentExtensions.Kind, 1), Token));

        Assert.StartsWith("The list of deployments in namespace 'agents' is forbidden: a Role there has to allow the verb 'list' on 'deployments' of the apiGroup 'apps'.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/kubeconfig", "There is nothing to reach Kubernetes by: no kubeconfig at /no/such/kubeconfig.")]
    [InlineData(null, "The kubeconfig has no context 'nowhere'.")]
    public async Task Start_WithoutAWayToKubernetes_SaysSo(string? config, string expected)
    {
        var backend = _cluster.Backend(config: config, configure: o => o.Context = "nowhere");

        Assert.Equal(expected, (await Assert.ThrowsAsync<InvalidOperationException>(() => backend.StartAsync(Order(1, Deployment), Token))).Message);
    }

    [Theory]
    [InlineData("users: [ { name: a, user: { token: hidden-token ")]
    [InlineData("hidden-token")]
    [InlineData("""
        current-context: a
        contexts: [{ name: a, context: { cluster: a, user: a } }]
        clusters: [{ name: a, cluster: { server: "https://127.0.0.1:1", insecure-skip-tls-verify: true } }]
        users: [{ name: a, user: { client-certificate-data: hidden, client-key-data: hidden } }]
        """)]
    [InlineData("""
        current-context: a
        contexts: [{ name: a, context: { cluster: a, user: a } }]
        clusters: [{ name: a, cluster: { server: "https://127.0.0.1:1", insecure-skip-tls-verify: true } }]
        users: [{ name: a, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: sh, args: ["-c", "echo hidden; echo hidden >&2; exit 1"], interactiveMode: Never } } }]
        """)]
    public async Task Start_WithAKubeconfigThatCannotBeUsed_TellsNothingOfWhatIsInIt(string content)
    {
        var path = Path.Combine(_cluster.Kubernetes.Home, "broken");
        await File.WriteAllTextAsync(path, content, Token);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _cluster.Backend(config: path).StartAsync(Order(1, Deployment), Token));

        Assert.StartsWith("The credentials for Kubernetes cannot be used (", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://", "http://", "The server of the kubeconfig has no https://, and a token or password would go there for all to read.")]
    [InlineData("127.0.0.1", "localhost", "Kubernetes did not carry it out within 0.5 s: Kubernetes could not be reached: SecureConnectionError.")]
    public async Task Start_WhereTheTokenWouldBeReadByOthers_SendsItToNobody(string word, string other, string expected)
    {
        var config = Path.Combine(_cluster.Kubernetes.Home, "open");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(_cluster.Kubernetes.SilosConfig, Token)).Replace(word, other, StringComparison.Ordinal), Token);
        var backend = _cluster.Backend(TimeSpan.FromSeconds(0.5), config);

        Assert.Equal(expected, (await Assert.ThrowsAsync<InvalidOperationException>(() => backend.StartAsync(Order(1, Deployment), Token))).Message);
        Assert.Empty(_cluster.Kubernetes.Requests);
    }
}
