using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Backends.Kubernetes.Fake;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.Kubernetes;

/// <summary>An agent that Kubernetes runs, in a fleet: its pods beat under the incarnation that they are told, and are made anew when they fall silent.</summary>
public sealed class KubernetesAgentTests(GarnetStore store) : IAsyncLifetime
{
    private static readonly AgentId Id = AgentId.Parse("poller");
    private static readonly PolicySettings Quick = new()
    {
        TimeoutSeconds = 1,
        HeartbeatSeconds = 0.1,
        StartupSeconds = 20,
        MaxRestarts = 3,
        Backoff = new() { BaseSeconds = 0.05 },
    };

    private volatile string _silent = "";
    private ClusterOfAgents _kubernetes = null!;
    private HealingCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _kubernetes = await ClusterOfAgents.StartAsync();
        _kubernetes.Kubernetes.Kubelet.Images["beating"] = BeatAsync;
        _kubernetes.Add(ResourceType.Deployments, "poller", "beating");
        _cluster = await HealingCluster.StartAsync(store, healing => healing.AddKubernetesAgents(o => o.KubeConfig = _kubernetes.Kubernetes.SilosConfig));
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _kubernetes.DisposeAsync();
    }

    [Fact]
    public async Task Agent_WhosePodFallsSilent_IsRolledAndWhereThatIsForbiddenIsGivenUpOnWithTheReason()
    {
        await SpawnAsync();
        await _cluster.SeeAsync(Id, "to be healthy", a => a is { Status: AgentStatus.Healthy, Incarnation: 1 });

        _silent = "1";

        var healed = await _cluster.SeeAsync(Id, "to be healthy again", a => a is { Status: AgentStatus.Healthy, Incarnation: 2 });
        Assert.Equal((FailureReason.Silent, 1), (healed.LastFailure!.Reason, healed.ConsecutiveFailures));
        var pod = Assert.Single(_kubernetes.Pods, p => p["metadata"]!["deletionTimestamp"] is null);
        Assert.Equal("2", (string?)pod["metadata"]!["annotations"]!["orleans-healing/incarnation"]);
        Assert.StartsWith("silent: ", (string?)pod["metadata"]!["annotations"]!["orleans-healing/previous-failure"], StringComparison.Ordinal);

        _kubernetes.AllowOnly(("deployments", ["get", "list"]));
        _silent = "2";

        var given = await _cluster.SeeAsync(Id, "to be quarantined", a => a.Status is AgentStatus.Quarantined);
        Assert.Equal((FailureReason.StartFailed, 3), (given.LastFailure!.Reason, given.ConsecutiveFailures));
        Assert.StartsWith(
            "InvalidOperationException: The patch of deployment 'poller' in namespace 'agents' is forbidden: a Role there has to allow the verb 'patch' on 'deployments' of the apiGroup 'apps'.",
            given.LastFailure.Message, StringComparison.Ordinal);
        Assert.Equal("2", (string?)_kubernetes.Get(ResourceType.Deployments, "poller")["spec"]!["template"]!["metadata"]!["annotations"]!["orleans-healing/incarnation"]);

        _kubernetes.Allow("deployments");
        await _cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Release, "anna"));
        await _cluster.SeeAsync(Id, "to be healthy again", a => a.Status is AgentStatus.Healthy && a.Incarnation > given.Incarnation);
    }

    [Fact]
    public async Task Agent_ThatIsPausedAndResumed_HasNoPodMeanwhile()
    {
        await SpawnAsync();
        await _cluster.SeeAsync(Id, "to be healthy", a => a.Status is AgentStatus.Healthy);

        await _cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Pause, "anna"));
        await HealingCluster.UntilAsync("no pod", () => _kubernetes.Pods.Count is 0);
        Assert.Equal(0, (int)_kubernetes.Get(ResourceType.Deployments, "poller")["spec"]!["replicas"]!);

        await _cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Resume, "anna"));
        var resumed = await _cluster.SeeAsync(Id, "to be healthy again", a => a is { Status: AgentStatus.Healthy, Incarnation: 2 });
        Assert.Equal(0, resumed.ConsecutiveFailures);

        await _cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Remove, "anna"));
        await HealingCluster.UntilAsync("no pod of what is forgotten", () => _kubernetes.Pods.Count is 0);
    }

    [Fact]
    public async Task Spawn_WithASettingThatIsNone_IsRefused()
    {
        var result = await _cluster.Fleet.SpawnAsync(
            new AgentDefinition { Id = Id, Kind = KubernetesAgentExtensions.Kind, Settings = AgentSettings.Parse("""{"workloads":"deployment/poller"}""") }, "anna");

        Assert.Equal(CommandOutcome.Invalid, result.Outcome);
        Assert.Contains("settings.workloads", result.ToString(), StringComparison.Ordinal);
    }

    private async Task SpawnAsync()
    {
        var definition = new AgentDefinition { Id = Id, Kind = KubernetesAgentExtensions.Kind, Settings = AgentSettings.Parse("""{"workload":"deployment/poller"}"""), Policy = Quick };
        Assert.Equal(CommandOutcome.Ok, (await _cluster.Fleet.SpawnAsync(definition, "anna")).Outcome);
    }

    /// <summary>As a program in a pod does: beats under what it was told, and leaves when it is fenced.</summary>
    private async Task BeatAsync(Kubelet.Container container, CancellationToken told)
    {
        var incarnation = container.Environment["HEALING_INCARNATION"];
        while (true)
        {
            if (_silent != incarnation
                && (await _cluster.Fleet.HeartbeatAsync(Id, new(long.Parse(incarnation, System.Globalization.CultureInfo.InvariantCulture)))).Outcome is CommandOutcome.Conflict)
            {
                return;
            }

            await Task.Delay(100, told);
        }
    }
}
