using System.Text.RegularExpressions;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>What Kubernetes takes for a name, so that a wrong one is told when an agent is spawned.</summary>
internal static partial class KubernetesNames
{
    /// <summary>The rule of a namespace's name.</summary>
    public const string LabelRule = "1 to 63 characters out of a-z 0-9 -, the first and the last no dash";

    /// <summary>The rule of the name of a workload or a pod.</summary>
    public const string SubdomainRule = "1 to 253 characters out of a-z 0-9 - ., each part between dots beginning and ending with a letter or a digit";

    private const int MaxSubdomain = 253;
    private const int MaxLabel = 63;

    /// <summary>Whether it may name a namespace.</summary>
    public static bool IsLabel(string text) => text.Length <= MaxLabel && Label().IsMatch(text);

    /// <summary>Whether it may name a workload or a pod.</summary>
    public static bool IsSubdomain(string text) => text.Length <= MaxSubdomain && Subdomain().IsMatch(text);

    /// <summary>Whether it may be the value of a label.</summary>
    public static bool IsLabelValue(string text) => text.Length <= MaxLabel && LabelValue().IsMatch(text);

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelValue();
}
