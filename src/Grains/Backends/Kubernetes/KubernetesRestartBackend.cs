using System.Net;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>
/// Starts and stops agents that Kubernetes runs: rolls a workload of one replica by an annotation of its pods, or deletes a pod that its
/// controller makes again. What Kubernetes took is no recovery: only the first beat of the incarnation is.
/// </summary>
internal sealed class KubernetesRestartBackend(KubernetesConnection connection, IOptions<KubernetesAgentOptions> options, TimeProvider time) : IRestartBackend
{
    private readonly AgentLocks _locks = new();

    private TimeSpan Limit => options.Value.Timeout;

    public async Task StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = start.Definition.Id;
        if (!KubernetesNames.IsLabelValue(id.Value))
        {
            throw new InvalidOperationException($"An agent that Kubernetes runs needs an id that may be the value of a label: at most 63 characters, no ':', the last a letter or a digit (it is '{id}').");
        }

        // An order comes again each second until the agent is heard: those that wait find it carried out.
        using var turn = await _locks.EnterAsync(id, cancellationToken);
        var settings = KubernetesSettings.Read(start.Definition.Settings);
        var (client, namespaces) = await OpenAsync(cancellationToken);
        var space = settings.Namespace ?? namespaces[0];
        if (!namespaces.Contains(space))
        {
            throw new InvalidOperationException($"The namespace '{space}' is none that agents may be in; {nameof(KubernetesAgentOptions)}.{nameof(KubernetesAgentOptions.Namespaces)} holds: {string.Join(", ", namespaces)}.");
        }

        var api = new KubernetesApi(client, connection);
        await (settings.Workload is { } workload
            ? OrderTime.SpendAsync(Limit, time, token => RollAsync(api, workload, space, start, token), cancellationToken)
            : new PodReplacement(api, settings, space, start, time).CarryOutAsync(Limit, cancellationToken));
    }

    public async Task StopAsync(AgentStop stop, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!KubernetesNames.IsLabelValue(stop.AgentId.Value))
        {
            // Nothing of this name was ever started.
            return;
        }

        using var turn = await _locks.EnterAsync(stop.AgentId, cancellationToken);
        var (client, namespaces) = await OpenAsync(cancellationToken);
        await OrderTime.SpendAsync(Limit, time, token => StopAsync(new KubernetesApi(client, connection), namespaces, stop, token), cancellationToken);
    }

    private async Task<(IKubernetes Client, IReadOnlyList<string> Namespaces)> OpenAsync(CancellationToken cancellationToken)
    {
        (IKubernetes, IReadOnlyList<string>) opened = default;
        await OrderTime.SpendAsync(
            Limit,
            time,
            async token =>
            {
                opened = await connection.OpenAsync(token);
                return null;
            },
            cancellationToken);
        return opened;
    }

    private static async Task<string?> RollAsync(KubernetesApi api, WorkloadName name, string space, AgentStart start, CancellationToken cancellationToken)
    {
        var workload = await api.ReadAsync(name, space, cancellationToken);
        if (WorkloadOrders.Start(workload, start) is { } patch)
        {
            await api.PatchAsync(workload, patch, cancellationToken);
        }

        return null;
    }

    /// <summary>An order to stop names no settings, since the agent may be gone: what it is found by is the label.</summary>
    private static async Task<string?> StopAsync(KubernetesApi api, IReadOnlyList<string> namespaces, AgentStop stop, CancellationToken cancellationToken)
    {
        var selector = $"{AgentLabel.Name}={stop.AgentId}";
        var found = false;
        ApiException? forbidden = null;
        foreach (var space in namespaces)
        {
            // A fleet whose agents are all pods needs no right to workloads, and the other way round.
            // All three are looked for: what the agent was before may be there still.
            found |= await TryAsync(() => StopWorkloadsAsync(api, isStatefulSet: false, space, selector, stop, cancellationToken));
            found |= await TryAsync(() => StopWorkloadsAsync(api, isStatefulSet: true, space, selector, stop, cancellationToken));
            found |= await TryAsync(() => StopPodsAsync(api, space, selector, stop, cancellationToken));
        }

        return found || forbidden is null ? null : throw forbidden;

        async Task<bool> TryAsync(Func<Task<bool>> attempt)
        {
            try
            {
                return await attempt();
            }
            catch (ApiException e) when (e.Status is HttpStatusCode.Forbidden)
            {
                forbidden ??= e;
                return false;
            }
        }
    }

    private static async Task<bool> StopWorkloadsAsync(KubernetesApi api, bool isStatefulSet, string space, string selector, AgentStop stop, CancellationToken cancellationToken)
    {
        var found = (await api.ListAsync(isStatefulSet, space, selector, cancellationToken)).Where(w => w.PodAnnotations.ContainsKey(Marks.Incarnation)).ToList();
        foreach (var workload in found)
        {
            if (WorkloadOrders.Stop(workload, stop) is { } patch)
            {
                await api.PatchAsync(workload, patch, cancellationToken);
            }
        }

        return found.Count > 0;
    }

    private static async Task<bool> StopPodsAsync(KubernetesApi api, string space, string selector, AgentStop stop, CancellationToken cancellationToken)
    {
        var found = (await api.ListPodsAsync(space, selector, cancellationToken)).Where(p => PodOrders.IsToStop(p, stop)).ToList();
        foreach (var pod in found)
        {
            await DeleteIfThereAsync(api, pod, cancellationToken);
        }

        return found.Count > 0;
    }

    private static async Task DeleteIfThereAsync(KubernetesApi api, V1Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            await api.DeleteAsync(pod, grace: null, cancellationToken);
        }
        catch (ApiException e) when (e.Status is HttpStatusCode.NotFound)
        {
            // It went by itself meanwhile.
        }
    }
}
