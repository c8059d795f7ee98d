using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansHealing.Backends.Docker;

namespace OrleansHealing.Hosting;

/// <summary>Lets a fleet have agents that are Docker containers.</summary>
public static class DockerAgentExtensions
{
    /// <summary>The kind's name.</summary>
    public const string Kind = "docker";

    /// <summary>
    /// Registers the kind <c>docker</c>, for containers that are there already and have the label <c>healing.agent</c>. Whoever may spawn an
    /// agent can then stop and start those, and no others. Every silo needs it, and has to reach the same Docker.
    /// </summary>
    /// <param name="healing">What the fleet is made of.</param>
    /// <param name="configure">Changes the defaults; a wrong value stops the host when it starts, with the property and the rule.</param>
    public static HealingBuilder AddDockerAgents(this HealingBuilder healing, Action<DockerAgentOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(healing);
        healing.Services.AddOptions<DockerAgentOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        healing.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DockerAgentOptions>, DockerAgentOptionsValidator>());
        healing.Services.TryAddSingleton<DockerEngine>();
        healing.Services.TryAddSingleton<IDockerExits, DockerExits>();
        healing.Services.AddHostedService<DockerWatch>();
        return healing.AddBackend<DockerRestartBackend>(Kind, DockerSettings.Configure);
    }
}
