using System.Text.Json.Nodes;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Backends.Kubernetes.Fake;
using OrleansHealing.Tests.Hosting;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Backends.Kubernetes;

public sealed partial class KubernetesRestartBackendTests : IAsyncLifetime
{
    private const string Deployment = """{"workload":"deployment/poller"}""";
    private const string StatefulSet = """{"workload":"statefulset/poller"}""";
    private const string Pod = """{"pod":"poller-0"}""";
    private static readonly AgentId Id = AgentId.Parse("poller");
    private ClusterOfAgents _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await ClusterOfAgents.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Start_OfADeployment_IsOneReadAndOnePatchAndAgainOnlyARead()
    {
        _cluster.Add(ResourceType.Deployments, "poller");

        await _cluster.Backend().StartAsync(Order(1, Deployment), Token);
        await _cluster.Backend().StartAsync(Order(1, Deployment), Token);

        const string Path = "/apis/apps/v1/namespaces/agents/deployments/poller";
        Assert.Equal([("GET", Path), ("PATCH", Path), ("GET", Path)], _cluster.Kubernetes.Requests.Select(r => (r.Method, r.Path)));
        Assert.Equal("application/merge-patch+json", _cluster.Kubernetes.Requests.ElementAt(1).ContentType);
    }

    [Fact]
    public async Task Start_AfterAFailure_TellsTheContainer()
    {
        _cluster.Add(ResourceType.Deployments, "poller", "noting");
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.Kubernetes.Kubelet.Images["noting"] = (container, told) =>
        {
            seen.TrySetResult(container.Environment["HEALING_PREVIOUS_FAILURE"]);
            return Task.Delay(Timeout.Infinite, told);
        };

        await _cluster.Backend().StartAsync(Order(2, Deployment) with { PreviousFailure = new AgentFailure(FailureReason.Crashed, "out of memory", Given.Now) }, Token);

        Assert.Equal("crashed: out of memory", await seen.Task.WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task Start_OfWhatIsNotThere_NamesIt() =>
        Assert.Equal("There is no deployment 'poller' in namespace 'agents'.", await RefusedAsync(Order(1, Deployment)));

    [Fact]
    public async Task Start_OfAnIdThatIsNoLabel_IsRefused() => Assert.StartsWith(
        "An agent that Kubernetes runs needs an id that may be the value of a label",
        await RefusedAsync(Order(1, Deployment) with { Definition = new AgentDefinition { Id = AgentId.Parse("a:b"), Kind = KubernetesAgentExtensions.Kind } }), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"updateStrategy":{"type":"OnDelete"}}""", "its updateStrategy is OnDelete, and must be RollingUpdate.")]
    [InlineData("""{"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":1}}}""", "its updateStrategy has a partition, which must be 0.")]
    [InlineData("""{"podManagementPolicy":"OrderedReady"}""", "its podManagementPolicy must be Parallel, or a pod that is not ready is never replaced; or set pod to 'poller-0' in place of workload.")]
    public async Task Start_OfAStatefulSetThatMayNotRoll_IsRefused(string spec, string expected)
    {
        _cluster.Add(ResourceType.StatefulSets, "poller", spec: spec);

        Assert.Equal($"The statefulset 'poller' in namespace 'agents' cannot be restarted: {expected}", await RefusedAsync(Order(1, StatefulSet)));
    }

    [Fact]
    public async Task Start_OfADeploymentWhoseRolloutsArePaused_IsRefused()
    {
        _cluster.Add(ResourceType.Deployments, "poller", spec: """{"paused": true}""");

        Assert.Equal(
            "The deployment 'poller' in namespace 'agents' cannot be restarted: its rollouts are paused: kubectl rollout resume deployment/poller.",
            await RefusedAsync(Order(1, Deployment)));
    }

    [Fact]
    public async Task Start_ThatFailsForAMoment_IsCarriedOut()
    {
        _cluster.Add(ResourceType.Deployments, "poller");
        _cluster.Kubernetes.Answer(
            FakeKubernetes.Status(503), FakeKubernetes.BreaksOff(), FakeKubernetes.Status(429), FakeKubernetes.Status(500, body: "<html>a proxy</html>"));

        await _cluster.Backend().StartAsync(Order(1, Deployment), Token);

        Assert.Equal(["GET", "GET", "GET", "GET", "GET", "PATCH"], _cluster.Kubernetes.Requests.Select(r => r.Method));
    }

    [Fact]
    public async Task Start_AnsweredBySomethingElse_SaysSo()
    {
        _cluster.Kubernetes.Answer(FakeKubernetes.Status(200, body: "<html>a proxy</html>"));

        Assert.Equal(
            "The get of deployment 'poller' in namespace 'agents' was answered with what Kubernetes does not say; is it Kubernetes?", await RefusedAsync(Order(1, Deployment)));
    }

    [Fact]
    public async Task Start_AskedForPatience_WaitsThatLong()
    {
        _cluster.Add(ResourceType.Deployments, "poller");
        _cluster.Kubernetes.Answer(FakeKubernetes.Status(429, retryAfter: "1"));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        await _cluster.Backend().StartAsync(Order(1, Deployment), Token);

        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(1), $"It waited {watch.Elapsed.TotalSeconds} s.");
        Assert.Equal(["GET", "GET", "PATCH"], _cluster.Kubernetes.Requests.Select(r => r.Method));
    }

    [Fact]
    public async Task Start_AskedForMorePatienceThanThereIs_FailsAtOnceWithTheReason()
    {
        _cluster.Kubernetes.Otherwise = FakeKubernetes.Status(429, retryAfter: "60");

        Assert.Equal(
            "Kubernetes did not carry it out within 10 s: the get of deployment 'poller' in namespace 'agents' was answered with 429 and asked for 60 s.",
            await RefusedAsync(Order(1, Deployment)));
        Assert.Single(_cluster.Kubernetes.Requests);
    }

    [Fact]
    public async Task Start_WhileAnotherSiloOrdersANewerOne_IsNotWrittenOverIt()
    {
        _cluster.Add(ResourceType.Deployments, "poller");
        _cluster.Kubernetes.Before = ("PATCH", () => _cluster.Backend().StartAsync(Order(6, Deployment), Token));

        var message = await RefusedAsync(Order(5, Deployment));

        Assert.StartsWith("The deployment 'poller' in namespace 'agents' was given incarnation 6 already.", message, StringComparison.Ordinal);
        Assert.Equal(["6"], Incarnations(ResourceType.Deployments));
    }

    [Fact]
    public async Task Start_WhileAnotherSiloOrdersAnOlderOne_ReplacesIt()
    {
        _cluster.Add(ResourceType.Deployments, "poller");
        _cluster.Kubernetes.Before = ("PATCH", () => _cluster.Backend().StartAsync(Order(5, Deployment), Token));

        await _cluster.Backend().StartAsync(Order(6, Deployment), Token);

        Assert.Equal(["5", "6"], Incarnations(ResourceType.Deployments));
    }

    [Fact]
    public async Task Start_WhileAnotherSiloStopsIt_DoesNotReviveIt()
    {
        _cluster.Add(ResourceType.Deployments, "poller");
        await _cluster.Backend().StartAsync(Order(1, Deployment), Token);
        _cluster.Kubernetes.Before = ("PATCH", () => _cluster.Backend().StopAsync(new AgentStop(Id, KubernetesAgentExtensions.Kind, 2), Token));

        var message = await RefusedAsync(Order(2, Deployment));

        Assert.StartsWith("The deployment 'poller' in namespace 'agents' was stopped for incarnation 2 already.", message, StringComparison.Ordinal);
        Assert.Equal(0, (int)_cluster.Get(ResourceType.Deployments, "poller")["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task Starts_OfManySilosAtOnce_EndWithTheNewest()
    {
        _cluster.Add(ResourceType.Deployments, "poller");
        _cluster.Add(ResourceType.StatefulSets, "other", ClusterOfAgents.Waiting, """{"replicas": 1}""");
        var other = AgentId.Parse("other");

        await Task.WhenAll(Enumerable.Range(1, 5).SelectMany(i => (Task[])[StartAsync(Order(i, Deployment)), StartAsync(Order(i, """{"pod":"other-0"}""", other))]));

        var seen = Incarnations(ResourceType.Deployments);
        Assert.Equal(("5", true), (seen[^1], seen.SequenceEqual(seen.Order())));

        // A pod takes its mark with it, so an older order that is late may get the next one. It has not the last word.
        Assert.Equal("5", (string?)_cluster.Get(ResourceType.Pods, "other-0")["metadata"]!["annotations"]!["orleans-healing/incarnation"]);
    }

    [Fact]
    public async Task Start_WithThePodOfTheOneBeforeOnALostNode_GoesOnWhereTheStrategySaysSo()
    {
        _cluster.Add(ResourceType.Deployments, "poller", spec: """{"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}}}""");
        await _cluster.Backend().StartAsync(Order(1, Deployment), Token);
        await SeeAsync("1 begins");
        _cluster.Kubernetes.Kubelet.Lost[NameOf(Assert.Single(_cluster.Pods))] = true;

        await _cluster.Backend().StartAsync(Order(2, Deployment), Token);

        // The lost pod is in Terminating for good. Its program may run still; it is fenced.
        await SeeAsync("1 begins", "2 begins");
        Assert.Equal(2, _cluster.Pods.Count);
    }

    [Fact]
    public async Task Start_OfAPod_GivesItsEndTheStopGraceAndDeletesThatVeryPod()
    {
        _cluster.Add(ResourceType.StatefulSets, "poller", ClusterOfAgents.Waiting, """{"replicas": 1}""");
        await _cluster.Backend().StartAsync(Order(1, Pod), Token);
        var uid = (string?)Assert.Single(_cluster.Pods)["metadata"]!["uid"];

        await _cluster.Backend().StartAsync(Order(2, Pod) with { Policy = Given.Policy with { StopGrace = TimeSpan.FromSeconds(2.5) } }, Token);

        var delete = Assert.Single(_cluster.Kubernetes.Requests, r => r.Method is "DELETE").Body!;
        Assert.Equal((uid, 3), ((string?)delete["preconditions"]!["uid"], (int)delete["gracePeriodSeconds"]!));
        Assert.Equal("2", (string?)Assert.Single(_cluster.Pods)["metadata"]!["annotations"]!["orleans-healing/incarnation"]);
        await SeeAsync("1 begins", "1 ends", "2 begins");
    }

    [Fact]
    public async Task Start_OfAPodThatWasMadeAgainMeanwhile_LeavesTheNewOne()
    {
        _cluster.Add(ResourceType.StatefulSets, "poller", ClusterOfAgents.Waiting, """{"replicas": 1}""");
        await _cluster.Backend().StartAsync(Order(1, Pod), Token);
        await SeeAsync("1 begins");
        _cluster.Kubernetes.Before = ("DELETE", MakeAgainAsync);

        await _cluster.Backend().StartAsync(Order(2, Pod), Token);

        await SeeAsync("1 begins", "1 ends", "2 begins");

        async Task MakeAgainAsync()
        {
            _cluster.Kubernetes.Store.Delete(ResourceType.Pods, FakeKubernetes.Namespace, "poller-0", null);
            await SeeAsync("1 begins", "1 ends");
            await HealingCluster.UntilAsync("the next pod", () => _cluster.Pods is [var pod] && pod["metadata"]!["deletionTimestamp"] is null);
        }
    }

    /// <summary>A ReplicaSet makes the next pod at once; it is told that it is the next incarnation only when the one before has ended.</summary>
    [Fact]
    public async Task Start_BySelector_WaitsForTheEndOfTheOneBeforeAsLongAsItsGrace()
    {
        _cluster.Add(ResourceType.Deployments, "poller", ClusterOfAgents.Waiting, """{"replicas": 1}""");
        var selector = """{"selector":"app=poller"}""";
        await _cluster.Backend().StartAsync(Order(1, selector), Token);
        await SeeAsync("1 begins");
        var lost = NameOf(Assert.Single(_cluster.Pods));
        _cluster.Kubernetes.Kubelet.Lost[lost] = true;
        var watch = System.Diagnostics.Stopwatch.StartNew();

        await _cluster.Backend().StartAsync(Order(2, selector) with { Policy = Given.Policy with { StopGrace = TimeSpan.FromSeconds(1) } }, Token);

        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(1), $"It waited {watch.Elapsed.TotalSeconds} s.");
        await SeeAsync("1 begins", "2 begins");
        Assert.Contains(_cluster.Pods, p => NameOf(p) == lost);
    }

    [Fact]
    public async Task Start_OfAPodThatNobodyWouldMakeAgain_IsRefused()
    {
        _cluster.Kubernetes.Store.Create(ResourceType.Pods, FakeKubernetes.Namespace, (JsonObject)JsonNode.Parse(
            """{"metadata": {"name": "poller-0", "labels": {"healing.agent": "poller"}}, "spec": {"containers": [{"name": "a", "image": "a"}]}, "status": {"phase": "Pending"}}""")!);

        Assert.Equal(
            "The pod 'poller-0' in namespace 'agents' has no controller that would make it again: deleting it would be its end. Run it by a Deployment or a StatefulSet.",
            await RefusedAsync(Order(1, Pod)));
        Assert.Single(_cluster.Pods);
    }

    [Fact]
    public async Task Start_BySelectorThatFindsTwo_IsRefused()
    {
        _cluster.Add(ResourceType.Deployments, "poller", ClusterOfAgents.Waiting, """{"replicas": 2}""");
        await HealingCluster.UntilAsync("its pods", () => _cluster.Pods.Count is 2);

        Assert.Equal("2 pods in namespace 'agents' are found by 'app=poller', and an agent is one.", await RefusedAsync(Order(1, """{"selector":"app=poller"}""")));
    }

    [Fact]
    public async Task Start_OfAPodWithoutTheLabel_SaysWhichToAdd()
    {
        _cluster.Add(ResourceType.StatefulSets, "another", ClusterOfAgents.Waiting, """{"replicas": 1}""");
        await HealingCluster.UntilAsync("its pod", () => _cluster.Pods.Count > 0);

        Assert.Equal(
            "The pod 'another-0' in namespace 'agents' is not this agent's to restart: its label healing.agent must be 'poller' (kubectl label --namespace agents pod/another-0 healing.agent=poller).",
            await RefusedAsync(Order(1, """{"pod":"another-0"}""")));
    }

    private static AgentStart Order(long incarnation, string settings, AgentId? id = null) => new()
    {
        Definition = new AgentDefinition { Id = id ?? Id, Kind = KubernetesAgentExtensions.Kind, Settings = AgentSettings.Parse(settings) },
        Policy = Given.Policy,
        Incarnation = incarnation,
        FirstIncarnation = 1,
    };

    private async Task StartAsync(AgentStart order)
    {
        try
        {
            await _cluster.Backend().StartAsync(order, Token);
        }
        catch (InvalidOperationException) when (order.Incarnation < 5)
        {
            // A newer one was quicker.
        }
    }

    private static string NameOf(JsonObject item) => (string)item["metadata"]!["name"]!;

    private async Task<string> RefusedAsync(AgentStart order) =>
        (await Assert.ThrowsAsync<InvalidOperationException>(() => _cluster.Backend().StartAsync(order, Token))).Message;

    /// <summary>Which incarnations the objects of a type were given, in the order of the writes.</summary>
    private List<string> Incarnations(ResourceType type)
    {
        var all = _cluster.Kubernetes.Store.Since(0).Where(h => h.Of == type)
            .Select(h => (string?)(type == ResourceType.Pods ? h.Object : h.Object["spec"]!["template"])!["metadata"]!["annotations"]?["orleans-healing/incarnation"])
            .OfType<string>().ToList();
        return [.. all.Where((text, i) => i is 0 || all[i - 1] != text)];
    }

    private Task SeeAsync(params string[] history) => HealingCluster.UntilAsync(
        string.Join(", ", history), () => _cluster.HistoryOf("poller").SequenceEqual(history), () => string.Join(", ", _cluster.HistoryOf("poller")));
}
