using k8s.Models;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>What of a Deployment or a StatefulSet an order is decided on.</summary>
/// <param name="Name">Which.</param>
/// <param name="Namespace">Where.</param>
/// <param name="ResourceVersion">The version that was read: a patch that names it is refused when there is a newer one.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Annotations">Its own annotations.</param>
/// <param name="PodAnnotations">Those that its pods get.</param>
/// <param name="Replicas">How many pods it is to have.</param>
/// <param name="Obstacle">Why a changed template would not be rolled out, or not always; null where it is.</param>
internal sealed record Workload(
    WorkloadName Name,
    string Namespace,
    string ResourceVersion,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    IReadOnlyDictionary<string, string> PodAnnotations,
    int Replicas,
    string? Obstacle)
{
    public static Workload Of(V1Deployment deployment) => Of(
        new WorkloadName(false, deployment.Metadata.Name), deployment.Metadata, deployment.Spec.Template, deployment.Spec.Replicas,
        deployment.Spec.Paused is true ? $"its rollouts are paused: kubectl rollout resume deployment/{deployment.Metadata.Name}" : null);

    public static Workload Of(V1StatefulSet set) => Of(
        new WorkloadName(true, set.Metadata.Name), set.Metadata, set.Spec.Template, set.Spec.Replicas,
        set.Spec.UpdateStrategy?.Type is "OnDelete" ? "its updateStrategy is OnDelete, and must be RollingUpdate"
        : set.Spec.UpdateStrategy?.RollingUpdate?.Partition is > 0 ? "its updateStrategy has a partition, which must be 0"
        // Pods in order: an update waits for a pod that is not ready, which is the one that has to be replaced.
        : set.Spec.PodManagementPolicy is not "Parallel" ? $"its podManagementPolicy must be Parallel, or a pod that is not ready is never replaced; or set pod to '{set.Metadata.Name}-0' in place of workload"
        : null);

    /// <inheritdoc/>
    public override string ToString() => $"{Name.Kind} '{Name.Name}' in namespace '{Namespace}'";

    private static Workload Of(WorkloadName name, V1ObjectMeta metadata, V1PodTemplateSpec template, int? replicas, string? obstacle) => new(
        name, metadata.NamespaceProperty, metadata.ResourceVersion,
        Marks.Read(metadata.Labels), Marks.Read(metadata.Annotations), Marks.Read(template.Metadata?.Annotations), replicas ?? 1,
        metadata.DeletionTimestamp is null ? obstacle : "it is being deleted");
}
