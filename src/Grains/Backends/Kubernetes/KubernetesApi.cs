using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>The requests that are made of Kubernetes, and no other: what a Role has to allow. Each is one round trip.</summary>
/// <param name="client">Sends them.</param>
/// <param name="connection">Is told when the credentials are no longer taken.</param>
internal sealed class KubernetesApi(IKubernetes client, KubernetesConnection connection)
{
    private const string Apps = "apps";
    private const string Core = "";

    public Task<Workload> ReadAsync(WorkloadName name, string space, CancellationToken cancellationToken) =>
        CallAsync(Of("get", name, space), async () => name.IsStatefulSet
            ? Workload.Of(await client.AppsV1.ReadNamespacedStatefulSetAsync(name.Name, space, cancellationToken: cancellationToken))
            : Workload.Of(await client.AppsV1.ReadNamespacedDeploymentAsync(name.Name, space, cancellationToken: cancellationToken)));

    public Task<IReadOnlyList<Workload>> ListAsync(bool isStatefulSet, string space, string selector, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<Workload>>(Of("list", new WorkloadName(isStatefulSet, ""), space), async () => isStatefulSet
            ? [.. (await client.AppsV1.ListNamespacedStatefulSetAsync(space, labelSelector: selector, cancellationToken: cancellationToken)).Items.Select(Workload.Of)]
            : [.. (await client.AppsV1.ListNamespacedDeploymentAsync(space, labelSelector: selector, cancellationToken: cancellationToken)).Items.Select(Workload.Of)]);

    public Task PatchAsync(Workload workload, JsonObject patch, CancellationToken cancellationToken)
    {
        var (name, space) = (workload.Name, workload.Namespace);
        return CallAsync<object>(Of("patch", name, space), async () => name.IsStatefulSet
            ? await client.AppsV1.PatchNamespacedStatefulSetAsync(Merge(patch), name.Name, space, cancellationToken: cancellationToken)
            : await client.AppsV1.PatchNamespacedDeploymentAsync(Merge(patch), name.Name, space, cancellationToken: cancellationToken));
    }

    public Task<V1Pod> ReadPodAsync(string name, string space, CancellationToken cancellationToken) =>
        CallAsync(OfPod("get", name, space), () => client.CoreV1.ReadNamespacedPodAsync(name, space, cancellationToken: cancellationToken));

    public Task<IList<V1Pod>> ListPodsAsync(string space, string selector, CancellationToken cancellationToken) =>
        CallAsync(OfPod("list", null, space), async () => (await client.CoreV1.ListNamespacedPodAsync(space, labelSelector: selector, cancellationToken: cancellationToken)).Items);

    public Task PatchAsync(V1Pod pod, JsonObject patch, CancellationToken cancellationToken) =>
        CallAsync(OfPod("patch", pod.Metadata.Name, pod.Metadata.NamespaceProperty), () => client.CoreV1.PatchNamespacedPodAsync(
            Merge(patch), pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken));

    /// <summary>Deletes this very pod, and no other that has come to have its name.</summary>
    /// <param name="pod">Which.</param>
    /// <param name="grace">How long it has; null: what it says itself. A second at least, since none would only strike it off the list.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    public Task DeleteAsync(V1Pod pod, TimeSpan? grace, CancellationToken cancellationToken) =>
        CallAsync(OfPod("delete", pod.Metadata.Name, pod.Metadata.NamespaceProperty), () => client.CoreV1.DeleteNamespacedPodAsync(
            pod.Metadata.Name,
            pod.Metadata.NamespaceProperty,
            new V1DeleteOptions
            {
                Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid },
                GracePeriodSeconds = grace is { } time ? Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)) : null,
            },
            cancellationToken: cancellationToken));

    private async Task<T> CallAsync<T>(ApiTarget target, Func<Task<T>> request)
    {
        try
        {
            return await target.CallAsync(request);
        }
        catch (ApiException e) when (e.Status is HttpStatusCode.Unauthorized)
        {
            connection.Forget(client);
            throw;
        }
    }

    // A merge patch is the one kind that makes what is missing on its way and knows resourceVersion as a condition.
    private static V1Patch Merge(JsonObject patch) => new(patch.ToJsonString(), V1Patch.PatchType.MergePatch);

    private static ApiTarget Of(string verb, WorkloadName name, string space) =>
        new(verb, Apps, $"{name.Kind}s", space, name.Name is { Length: > 0 } some ? some : null);

    private static ApiTarget OfPod(string verb, string? name, string space) => new(verb, Core, "pods", space, name);
}
