using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansHealing.Backends.Kubernetes;

namespace OrleansHealing.Hosting;

/// <summary>Lets a fleet have agents that Kubernetes runs.</summary>
public static class KubernetesAgentExtensions
{
    /// <summary>The kind's name.</summary>
    public const string Kind = "kubernetes";

    /// <summary>
    /// Registers the kind <c>kubernetes</c>, for agents that are pods and beat over HTTP. Whoever may spawn an agent can then have
    /// restarted what carries the label <c>healing.agent</c> in the namespaces that are allowed, and nothing else.
    /// </summary>
    /// <param name="healing">What the fleet is made of.</param>
    /// <param name="configure">Changes the defaults; a wrong value stops the host when it starts, with the property and the rule.</param>
    public static HealingBuilder AddKubernetesAgents(this HealingBuilder healing, Action<KubernetesAgentOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(healing);
        healing.Services.AddOptions<KubernetesAgentOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        healing.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KubernetesAgentOptions>, KubernetesAgentOptionsValidator>());
        healing.Services.TryAddSingleton<KubernetesConnection>();
        return healing.AddBackend<KubernetesRestartBackend>(Kind, kind =>
        {
            foreach (var setting in KubernetesSettings.Declared)
            {
                kind.Settings.Add(setting);
            }

            kind.Check = KubernetesSettings.Check;
        });
    }
}
