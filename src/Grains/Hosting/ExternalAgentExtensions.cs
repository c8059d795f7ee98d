using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansHealing.Backends.External;

namespace OrleansHealing.Hosting;

/// <summary>Lets a fleet have agents that something else runs.</summary>
public static class ExternalAgentExtensions
{
    /// <summary>The kind's name.</summary>
    public const string Kind = "external";

    /// <summary>
    /// Registers the kind <c>external</c>, for agents that something else runs and that beat over HTTP. With a
    /// <see cref="ExternalAgentOptions.Url"/> that is told to start and stop them. Any setting goes, and is passed on.
    /// </summary>
    /// <param name="healing">What the fleet is made of.</param>
    /// <param name="configure">Changes the defaults; a wrong value stops the host when it starts, with the property and the rule.</param>
    public static HealingBuilder AddExternalAgents(this HealingBuilder healing, Action<ExternalAgentOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(healing);
        healing.Services.AddOptions<ExternalAgentOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        healing.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ExternalAgentOptions>, ExternalAgentOptionsValidator>());
        return healing.AddBackend<WebhookRestartBackend>(Kind);
    }
}
