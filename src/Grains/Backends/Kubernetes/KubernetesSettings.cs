using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Input;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>The settings of an agent that Kubernetes runs, declared, checked and read in one place. One of the last three is set.</summary>
/// <param name="Namespace">Where it is; null: the default.</param>
/// <param name="Workload">What is rolled.</param>
/// <param name="Pod">The name of the pod that is deleted.</param>
/// <param name="Selector">What that pod is found by.</param>
internal sealed record KubernetesSettings(string? Namespace, WorkloadName? Workload, string? Pod, string? Selector)
{
    private const string NamespaceName = "namespace";
    private const string WorkloadName = "workload";
    private const string PodName = "pod";
    private const string SelectorName = "selector";
    private const int MaxSelector = 1000;

    public static IReadOnlyList<AgentSetting> Declared { get; } =
    [
        new()
        {
            Name = WorkloadName,
            Type = AgentSettingType.Text,
            Description = "deployment/NAME or statefulset/NAME of one replica: each start rolls it. One of workload, pod and selector is needed.",
        },
        new()
        {
            Name = PodName,
            Type = AgentSettingType.Text,
            Description = "The name of a pod that its controller makes again, as a StatefulSet's: each start but the first deletes it.",
        },
        new()
        {
            Name = SelectorName,
            Type = AgentSettingType.Text,
            Description = "Labels that find the one pod, where its name changes: app=poller.",
        },
        new()
        {
            Name = NamespaceName,
            Type = AgentSettingType.Text,
            Description = "The namespace that it is in; by default the first that the silo may touch.",
        },
    ];

    /// <summary>What is wrong with settings whose types are right.</summary>
    public static IEnumerable<Fault> Check(AgentSettings settings)
    {
        string[] ways = [WorkloadName, PodName, SelectorName];
        if (ways.Count(w => settings.GetString(w) is not null) is not 1 and var count)
        {
            yield return new Fault("settings", $"must have one of workload, pod and selector (there are {count})");
        }

        if (settings.GetString(WorkloadName) is { } workload && Kubernetes.WorkloadName.TryParse(workload) is null)
        {
            yield return new Fault($"settings.{WorkloadName}", $"must be deployment/NAME or statefulset/NAME, the name {KubernetesNames.SubdomainRule} (it is '{Texts.Shorten(workload)}')");
        }

        if (settings.GetString(PodName) is { } pod && !KubernetesNames.IsSubdomain(pod))
        {
            yield return new Fault($"settings.{PodName}", $"must be {KubernetesNames.SubdomainRule} (it is '{Texts.Shorten(pod)}')");
        }

        if (settings.GetString(SelectorName) is { Length: 0 or > MaxSelector })
        {
            yield return new Fault($"settings.{SelectorName}", $"must be 1 to {MaxSelector} characters");
        }

        if (settings.GetString(NamespaceName) is { } name && !KubernetesNames.IsLabel(name))
        {
            yield return new Fault($"settings.{NamespaceName}", $"must be {KubernetesNames.LabelRule} (it is '{Texts.Shorten(name)}')");
        }
    }

    /// <summary>Reads the settings of a definition.</summary>
    /// <exception cref="InvalidOperationException">One of them is missing or wrong.</exception>
    public static KubernetesSettings Read(AgentSettings? settings)
    {
        settings ??= AgentSettings.Empty;
        if (Check(settings).FirstOrDefault() is { } fault)
        {
            throw new InvalidOperationException($"A setting is wrong: {fault}.");
        }

        return new KubernetesSettings(
            settings.GetString(NamespaceName),
            settings.GetString(WorkloadName) is { } workload ? Kubernetes.WorkloadName.TryParse(workload) : null,
            settings.GetString(PodName),
            settings.GetString(SelectorName));
    }
}
