namespace OrleansHealing.Backends.Kubernetes;

/// <summary>How agents are restarted that Kubernetes runs. Checked when the host starts.</summary>
public class KubernetesAgentOptions
{
    /// <summary>
    /// The kubeconfig to reach Kubernetes by. None by default: the service account of the pod that the silo runs in; outside of Kubernetes
    /// the first file of <c>$KUBECONFIG</c>, or <c>~/.kube/config</c>.
    /// </summary>
    public string? KubeConfig { get; set; }

    /// <summary>The context of the kubeconfig; its current one by default.</summary>
    public string? Context { get; set; }

    /// <summary>
    /// The namespaces that agents may be in, the first for those that name none. None by default: then that of the context or of the
    /// service account alone.
    /// </summary>
    public IList<string> Namespaces { get; } = [];

    /// <summary>After how long an order is given up, its repetitions included; 10 s by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
