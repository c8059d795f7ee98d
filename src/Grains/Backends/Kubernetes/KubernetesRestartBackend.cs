using System.Net;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>
/// Starts and stops agents that Kubernetes runs: rolls a workload of one replica by an annotation of its pods, or deletes a pod that its
/// controller makes again. What Kubernetes took is no recovery: only the first beat of the incarnation is.
/// </summary>
internal sealed class KubernetesRestartBackend(KubernetesConnection connection, IOptions<KubernetesAgentOptions> options, TimeProvider time) : IRestartBackend
{
    private TimeSpan Limit => options.Value.Timeout;

    public async Task StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = start.Definition.Id;
        if (!KubernetesNames.IsLabelValue(id.Value))
        {
            throw new InvalidOperationException($"An agent that Kubernetes runs needs an id that may be the value of a label: at most 63 characters, no ':', the last a letter or a digit (it is '{id}').");
        }

        var settings = KubernetesSettings.Read(start.Definition.Settings);
        var (client, namespaces) = connection.Open();
        var space = settings.Namespace ?? namespaces[0];
        if (!namespaces.Contains(space))
        {
            throw new InvalidOperationException($"The namespace '{space}' is none that agents may be in; {nameof(KubernetesAgentOptions)}.{nameof(KubernetesAgentOptions.Namespaces)} holds: {string.Join(", ", namespaces)}.");
        }

        var api = new KubernetesApi(client);
        if (settings.Workload is { } workload)
        {
            await OrderTime.SpendAsync(Limit, time, token => RollAsync(api, workload, space, start, token), cancellationToken);
            return;
        }

        var mayEnd = false;
        await OrderTime.SpendAsync(Limit, time, token => ReplaceAsync(untilItEnds: true, token), cancellationToken);
        if (mayEnd)
        {
            // The pod that makes room has its grace for that.
            await OrderTime.SpendAsync(Limit + start.Policy.StopGrace, time, token => ReplaceAsync(untilItEnds: false, token), cancellationToken);
        }

        async Task<string?> ReplaceAsync(bool untilItEnds, CancellationToken token)
        {
            (var awaited, mayEnd) = await KubernetesRestartBackend.ReplaceAsync(api, settings, space, start, token);
            return untilItEnds && mayEnd ? null : awaited;
        }
    }

    public async Task StopAsync(AgentStop stop, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!KubernetesNames.IsLabelValue(stop.AgentId.Value))
        {
            // Nothing of this name was ever started.
            return;
        }

        var (client, namespaces) = connection.Open();
        await OrderTime.SpendAsync(Limit, time, token => StopAsync(new KubernetesApi(client), namespaces, stop, token), cancellationToken);
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

    /// <returns>What is waited for; null when it is done; and whether that is a pod's end.</returns>
    private static async Task<(string? Awaited, bool IsLeaving)> ReplaceAsync(KubernetesApi api, KubernetesSettings settings, string space, AgentStart start, CancellationToken cancellationToken)
    {
        try
        {
            if (await FindAsync(api, settings, space, cancellationToken) is not { } pod)
            {
                return ($"there is no pod with '{settings.Selector}' in namespace '{space}'", false);
            }

            if (PodOrders.IsLeaving(pod))
            {
                return ($"the {PodOrders.Describe(pod)} has not ended yet", true);
            }

            switch (PodOrders.Start(pod, start))
            {
                case PodOrders.Step.Mark:
                    await api.PatchAsync(pod, PodOrders.Mark(pod, start), cancellationToken);
                    return default;
                case PodOrders.Step.Delete:
                    await api.DeleteAsync(pod, start.Policy.StopGrace, cancellationToken);
                    return ($"the {PodOrders.Describe(pod)} was deleted, and there is no other yet", true);
                default:
                    return default;
            }
        }
        catch (ApiException e) when (e.Status is HttpStatusCode.NotFound && settings.Pod is { } name)
        {
            // It may be on its way: between the end of one and the next there is none of the name.
            return ($"there is no pod '{name}' in namespace '{space}'", false);
        }
        catch (ApiException e) when (e.Status is HttpStatusCode.NotFound)
        {
            return ("the pod went by itself", false);
        }
    }

    private static async Task<V1Pod?> FindAsync(KubernetesApi api, KubernetesSettings settings, string space, CancellationToken cancellationToken) =>
        settings.Pod is { } name ? await api.ReadPodAsync(name, space, cancellationToken) : await SelectAsync(api, settings.Selector!, space, cancellationToken);

    /// <exception cref="InvalidOperationException">More than one is found.</exception>
    private static async Task<V1Pod?> SelectAsync(KubernetesApi api, string selector, string space, CancellationToken cancellationToken)
    {
        var pods = (await api.ListPodsAsync(space, selector, cancellationToken)).Where(p => !PodOrders.IsLeaving(p) && !PodOrders.IsOver(p)).ToList();
        return pods.Count switch
        {
            0 => null,
            1 => pods[0],
            _ => throw new InvalidOperationException($"{pods.Count} pods in namespace '{space}' are found by '{selector}', and an agent is one."),
        };
    }

    /// <summary>An order to stop names no settings, since the agent may be gone: what it is found by is the label.</summary>
    private static async Task<string?> StopAsync(KubernetesApi api, IReadOnlyList<string> namespaces, AgentStop stop, CancellationToken cancellationToken)
    {
        var selector = $"{Marks.Label}={stop.AgentId}";
        var found = false;
        ApiException? forbidden = null;
        foreach (var space in namespaces)
        {
            // A fleet whose agents are all pods needs no right to workloads, and the other way round.
            found |= await TryAsync(() => StopWorkloadsAsync(api, isStatefulSet: false, space, selector, stop, cancellationToken))
                || await TryAsync(() => StopWorkloadsAsync(api, isStatefulSet: true, space, selector, stop, cancellationToken))
                || await TryAsync(() => StopPodsAsync(api, space, selector, stop, cancellationToken));
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
