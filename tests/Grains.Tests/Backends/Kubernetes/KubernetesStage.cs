using System.Net;
using System.Net.Sockets;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Backends.Contract;
using OrleansHealing.Tests.Backends.Kubernetes.Fake;

namespace OrleansHealing.Tests.Backends.Kubernetes;

/// <summary>Agents that Kubernetes runs, by one of the settings that name them.</summary>
internal sealed class KubernetesStage : IRemoteBackendStage
{
    private readonly OrderSheet _orders = new(KubernetesAgentExtensions.Kind);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _settings;
    private ClusterOfAgents _cluster = null!;
    private IRestartBackend _backend = null!;

    private KubernetesStage(string settings) => _settings = settings;

    public IRestartBackend Backend => _backend;

    public IReadOnlyList<string> Secrets => [FakeKubernetes.SilosToken];

    /// <param name="type">What runs it.</param>
    /// <param name="image">What it runs.</param>
    /// <param name="settings">What names it; <c>ID</c> stands for the agent.</param>
    /// <param name="spec">What else the workload says.</param>
    public static async Task<IRemoteBackendStage> OpenAsync(ResourceType type, string image, string settings, string? spec = null)
    {
        var stage = new KubernetesStage(settings) { _cluster = await ClusterOfAgents.StartAsync() };
        foreach (var agent in (string[])["worker-1", "worker-2"])
        {
            stage._cluster.Add(type, agent, image, spec);
        }

        stage._backend = stage._cluster.Backend();
        return stage;
    }

    public Task<AgentStart> GrantAsync(AgentId id) => Task.FromResult(_orders.Next(id, _settings.Replace("ID", id.Value, StringComparison.Ordinal)));

    public Task<IReadOnlyList<string>> HistoryAsync(AgentId id) => Task.FromResult(_cluster.HistoryOf(id.Value));

    public Task<(AgentStart Order, string Named)> GrantMissingAsync(AgentId id)
    {
        // A pod that is not there may be on its way, and is waited for.
        _backend = _cluster.Backend(TimeSpan.FromSeconds(1.5));
        return Task.FromResult((_orders.Next(id, _settings.Replace("ID", "missing", StringComparison.Ordinal)), "missing"));
    }

    public IRestartBackend OutOfReach(TimeSpan timeout)
    {
        using var reserved = new TcpListener(IPAddress.Loopback, 0);
        reserved.Start();
        return _cluster.Backend(timeout, _cluster.Kubernetes.Config(FakeKubernetes.SilosToken, new Uri($"https://{reserved.LocalEndpoint}")));
    }

    public IRestartBackend Mute(TimeSpan timeout)
    {
        _cluster.Kubernetes.Otherwise = async context =>
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        return _cluster.Backend(timeout);
    }

    public Task AskedAsync() => _asked.Task;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
