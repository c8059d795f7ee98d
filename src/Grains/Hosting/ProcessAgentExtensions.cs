using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents.Processes;

namespace OrleansHealing.Hosting;

/// <summary>Lets a silo run agents that are processes.</summary>
public static class ProcessAgentExtensions
{
    /// <summary>
    /// Registers the kind <c>process</c>. Whoever may spawn an agent can then run any program as the user of the silo: those with a key
    /// of the HTTP API, or all who reach it where it asks for none, and all who reach the silo's gateway or its store.
    /// </summary>
    /// <param name="healing">What the fleet is made of.</param>
    /// <param name="configure">Changes the defaults; a wrong value stops the host when it starts, with the property and the rule.</param>
    public static HealingBuilder AddProcessAgents(this HealingBuilder healing, Action<ProcessAgentOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(healing);
        healing.Services.AddOptions<ProcessAgentOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        healing.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ProcessAgentOptions>, ProcessAgentOptionsValidator>());
        return healing.AddAgent<ProcessAgent>(ProcessAgent.Kind, ProcessAgent.Configure);
    }
}
