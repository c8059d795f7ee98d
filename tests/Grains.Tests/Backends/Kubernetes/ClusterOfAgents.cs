using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using OrleansHealing.Backends.Kubernetes;
using OrleansHealing.Tests.Backends.Kubernetes.Fake;

namespace OrleansHealing.Tests.Backends.Kubernetes;

/// <summary>A fake Kubernetes with workloads whose containers write down that they begin and end, as an author of one would write them.</summary>
internal sealed class ClusterOfAgents : IAsyncDisposable
{
    /// <summary>Of a container that takes its incarnation from its environment, as one of a rolled workload does.</summary>
    public const string Told = "told";

    /// <summary>Of one that waits for it in the file of its annotations, as a pod does that is marked after it was made.</summary>
    public const string Waiting = "waiting";

    /// <summary>Of one that ignores SIGTERM.</summary>
    public const string Stubborn = "stubborn";

    private static readonly string[] All = ["get", "list", "patch", "delete"];

    private readonly ConcurrentQueue<(string Agent, string Text)> _notes = new();
    private readonly List<KubernetesConnection> _connections = [];

    public FakeKubernetes Kubernetes { get; private init; } = null!;

    public static async Task<ClusterOfAgents> StartAsync(bool withRole = true)
    {
        var cluster = new ClusterOfAgents { Kubernetes = await FakeKubernetes.StartAsync() };
        cluster.Kubernetes.Kubelet.Images[Told] = (c, told) => cluster.WorkAsync(c, c.Environment["HEALING_INCARNATION"], told);
        cluster.Kubernetes.Kubelet.Images[Stubborn] = (c, _) => cluster.WorkAsync(c, c.Environment["HEALING_INCARNATION"], CancellationToken.None);
        cluster.Kubernetes.Kubelet.Images[Waiting] = cluster.WaitAsync;
        if (withRole)
        {
            cluster.Allow("deployments", "statefulsets", "pods");
        }

        return cluster;
    }

    /// <summary>A backend as a silo has it.</summary>
    public KubernetesRestartBackend Backend(TimeSpan? timeout = null, string? config = null, Action<KubernetesAgentOptions>? configure = null)
    {
        var settled = new KubernetesAgentOptions { KubeConfig = config ?? Kubernetes.SilosConfig, Timeout = timeout ?? TimeSpan.FromSeconds(10) };
        configure?.Invoke(settled);
        var options = Options.Create(settled);
        _connections.Add(new KubernetesConnection(options));
        return new KubernetesRestartBackend(_connections[^1], options, TimeProvider.System);
    }

    /// <summary>Lets silos do all with these resources that they need; in place of what they might do before.</summary>
    public void Allow(params string[] resources) => AllowOnly([.. resources.Select(r => (r, All))]);

    public void AllowOnly(params (string Resource, string[] Verbs)[] rules)
    {
        var store = Kubernetes.Store;
        if (store.Find(ResourceType.Roles, FakeKubernetes.Namespace, "healing") is not null)
        {
            store.Delete(ResourceType.Roles, FakeKubernetes.Namespace, "healing", null);
        }
        else
        {
            store.Create(ResourceType.RoleBindings, FakeKubernetes.Namespace, (JsonObject)JsonNode.Parse("""
                {"metadata": {"name": "healing"}, "roleRef": {"kind": "Role", "name": "healing"}, "subjects": [{"kind": "ServiceAccount", "name": "healing"}]}
                """)!);
        }

        store.Create(ResourceType.Roles, FakeKubernetes.Namespace, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "healing" },
            ["rules"] = new JsonArray([.. rules.Select(r => new JsonObject
            {
                ["apiGroups"] = new JsonArray(r.Resource is "pods" ? "" : "apps"),
                ["resources"] = new JsonArray(r.Resource),
                ["verbs"] = new JsonArray([.. r.Verbs.Select(v => JsonValue.Create(v))]),
            })]),
        });
    }

    /// <summary>A workload with nothing running.</summary>
    /// <param name="type">Of which sort.</param>
    /// <param name="agent">Whose, and its name.</param>
    /// <param name="image">What its container does.</param>
    /// <param name="spec">What else it says, over what is usual.</param>
    /// <param name="space">Where.</param>
    public void Add(ResourceType type, string agent, string image = Told, string? spec = null, string space = FakeKubernetes.Namespace)
    {
        var item = (JsonObject)JsonNode.Parse($$"""
            {
              "metadata": {"name": "{{agent}}", "labels": {"healing.agent": "{{agent}}"} },
              "spec": {
                "replicas": 0, "strategy": {"type": "Recreate"}, "podManagementPolicy": "Parallel",
                "template": {
                  "metadata": {"labels": {"app": "{{agent}}", "healing.agent": "{{agent}}"} },
                  "spec": {"terminationGracePeriodSeconds": 5, "containers": [{
                    "name": "worker", "image": "{{image}}",
                    "env": [
                      {"name": "AGENT", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"} } },
                      {"name": "HEALING_INCARNATION", "valueFrom": {"fieldRef": {"fieldPath": "metadata.annotations['orleans-healing/incarnation']"} } },
                      {"name": "HEALING_PREVIOUS_FAILURE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.annotations['orleans-healing/previous-failure']"} } }
                    ]
                  }]}
                }
              }
            }
            """)!;
        Kubernetes.Store.Create(type, space, spec is null ? item : Patches.Apply("application/merge-patch+json", item, JsonNode.Parse($$"""{"spec": {{spec}}}""")!));
    }

    public JsonObject Get(ResourceType type, string name) => Kubernetes.Store.Get(type, FakeKubernetes.Namespace, name);

    public IReadOnlyList<JsonObject> Pods => Kubernetes.Store.List(ResourceType.Pods, FakeKubernetes.Namespace);

    public IReadOnlyList<string> HistoryOf(string agent) => [.. _notes.Where(n => n.Agent == agent).Select(n => n.Text)];

    public async ValueTask DisposeAsync()
    {
        _connections.ForEach(c => c.Dispose());
        await Kubernetes.DisposeAsync();
    }

    private async Task WaitAsync(Kubelet.Container container, CancellationToken told)
    {
        while (true)
        {
            // Taken before the look, or what changes between the two would be missed.
            var changed = Kubernetes.Store.Changed;
            if (container.Annotation("orleans-healing/incarnation") is { } incarnation)
            {
                await WorkAsync(container, incarnation, told);
                return;
            }

            await changed.WaitAsync(told);
        }
    }

    private async Task WorkAsync(Kubelet.Container container, string incarnation, CancellationToken told)
    {
        _notes.Enqueue((container.Environment["AGENT"], $"{incarnation} begins"));
        try
        {
            await Task.Delay(Timeout.Infinite, told);
        }
        finally
        {
            _notes.Enqueue((container.Environment["AGENT"], $"{incarnation} ends"));
        }
    }
}
