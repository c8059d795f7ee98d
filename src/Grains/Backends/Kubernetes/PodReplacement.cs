using System.Net;
using k8s.Models;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>One order to start an agent that is a pod: the one there makes room, and the next one is told that it is the incarnation.</summary>
internal sealed class PodReplacement(KubernetesApi api, KubernetesSettings settings, string space, AgentStart start, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private bool _isEnding;

    // A ReplicaSet makes the next pod while the one before still ends. On a lost node that never ends, and is not waited for longer.
    private bool IsPatient => time.GetElapsedTime(_began) < start.Policy.StopGrace;

    /// <summary>Until the next pod is the incarnation.</summary>
    /// <param name="limit">How long requests may fail; the end of the pod has the stop grace besides.</param>
    /// <param name="cancellationToken">Gives it up sooner.</param>
    /// <exception cref="InvalidOperationException">It failed, or the time was up.</exception>
    public async Task CarryOutAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await OrderTime.SpendAsync(limit, time, async token => await TryAsync(token) is { } awaited && !_isEnding ? awaited : null, cancellationToken);
        if (_isEnding)
        {
            await OrderTime.SpendAsync(limit + start.Policy.StopGrace, time, TryAsync, cancellationToken);
        }
    }

    /// <returns>What is waited for; null when it is done.</returns>
    private async Task<string?> TryAsync(CancellationToken cancellationToken)
    {
        _isEnding = false;
        try
        {
            var pods = await FindAsync(cancellationToken);
            var leaving = pods.FirstOrDefault(PodOrders.IsLeaving);
            var here = pods.Where(p => !PodOrders.IsLeaving(p)).ToList();
            return here.Count switch
            {
                0 when leaving is not null => Ending($"the {PodOrders.Describe(leaving)} has not ended yet"),
                0 => $"there is no pod with '{settings.Selector}' in namespace '{space}'",
                1 => await ReplaceAsync(here[0], leaving, cancellationToken),
                _ => throw new InvalidOperationException($"{here.Count} pods in namespace '{space}' are found by '{settings.Selector}', and an agent is one."),
            };
        }
        catch (ApiException e) when (e.Status is HttpStatusCode.NotFound)
        {
            // The next one may be on its way: between the end of one and the next there is none of the name.
            return settings.Pod is { } name ? $"there is no pod '{name}' in namespace '{space}'" : "the pod went by itself";
        }
    }

    private async Task<string?> ReplaceAsync(V1Pod pod, V1Pod? leaving, CancellationToken cancellationToken)
    {
        switch (PodOrders.Start(pod, start))
        {
            case PodOrders.Step.Mark when leaving is not null && IsPatient:
                return Ending($"the {PodOrders.Describe(leaving)} has not ended yet");
            case PodOrders.Step.Mark:
                await api.PatchAsync(pod, PodOrders.Mark(pod, start), cancellationToken);
                return null;
            case PodOrders.Step.Delete:
                await api.DeleteAsync(pod, start.Policy.StopGrace, cancellationToken);
                return Ending($"the {PodOrders.Describe(pod)} was deleted, and there is no other yet");
            default:
                return null;
        }
    }

    private string Ending(string awaited)
    {
        _isEnding = true;
        return awaited;
    }

    private async Task<IReadOnlyList<V1Pod>> FindAsync(CancellationToken cancellationToken) => settings.Pod is { } name
        ? [await api.ReadPodAsync(name, space, cancellationToken)]
        : [.. (await api.ListPodsAsync(space, settings.Selector!, cancellationToken)).Where(p => !PodOrders.IsOver(p))];
}
