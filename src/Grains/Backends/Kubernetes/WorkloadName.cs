namespace OrleansHealing.Backends.Kubernetes;

/// <summary>A Deployment or a StatefulSet by its name.</summary>
/// <param name="IsStatefulSet">Which of the two.</param>
/// <param name="Name">Its name.</param>
internal sealed record WorkloadName(bool IsStatefulSet, string Name)
{
    private const string Deployment = "deployment";
    private const string StatefulSet = "statefulset";

    /// <summary>The kind, as <c>kubectl</c> takes it.</summary>
    public string Kind => IsStatefulSet ? StatefulSet : Deployment;

    /// <summary>Takes <c>deployment/NAME</c> or <c>statefulset/NAME</c>; null where it is neither.</summary>
    public static WorkloadName? TryParse(string text) => text.Split('/') switch
    {
        [Deployment, var name] when KubernetesNames.IsSubdomain(name) => new WorkloadName(false, name),
        [StatefulSet, var name] when KubernetesNames.IsSubdomain(name) => new WorkloadName(true, name),
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Kind}/{Name}";
}
