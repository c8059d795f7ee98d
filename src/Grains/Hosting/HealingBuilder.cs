using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Backends;

namespace OrleansHealing.Hosting;

/// <summary>Registers what the fleet is made of.</summary>
public sealed class HealingBuilder
{
    internal HealingBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Registers a kind of agent. One body is made for each incarnation, from a scope of the host's services.</summary>
    /// <param name="kind">The name that definitions call it by: 1 to <see cref="AgentDefinition.MaxKindLength"/> characters.</param>
    /// <param name="configure">Its settings and its defaults of supervision.</param>
    public HealingBuilder AddAgent<T>(string kind, Action<AgentKindOptions>? configure = null)
        where T : class, IWorkerAgent =>
        AddKind(kind, static services => ActivatorUtilities.CreateInstance<T>(services), configure);

    /// <summary>
    /// Registers a kind whose agents are started by a backend of one's own, not as grains.
    /// </summary>
    /// <param name="kind">The name that definitions call it by: 1 to <see cref="AgentDefinition.MaxKindLength"/> characters.</param>
    /// <param name="configure">Its settings and its defaults of supervision.</param>
    public HealingBuilder AddBackend<T>(string kind, Action<AgentKindOptions>? configure = null)
        where T : class, IRestartBackend
    {
        Services.AddSingleton(new BackendRegistration(kind, typeof(T)));
        return AddKind(kind, null, configure);
    }

    /// <summary>Says who is told what. May be called more than once.</summary>
    public HealingBuilder AddAlerts(Action<AlertOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    /// <summary>Registers a sink of alerts of one's own. It is made once, from the host's services.</summary>
    /// <param name="name">Its name, for people and in the store: letters, digits, dots, dashes and underscores.</param>
    /// <param name="route">Which alerts it is given; all by default.</param>
    public HealingBuilder AddAlertSink<T>(string name, AlertRoute? route = null)
        where T : class, IAlertSink
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Services.AddSingleton(new AlertSinkRegistration(name, typeof(T), route ?? new AlertRoute()));
        return this;
    }

    private HealingBuilder AddKind(string kind, Func<IServiceProvider, IWorkerAgent>? create, Action<AgentKindOptions>? configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kind.Length, AgentDefinition.MaxKindLength, nameof(kind));
        if (Services.Any(s => s.ImplementationInstance is AgentKind other && other.Name == kind))
        {
            throw new ArgumentException($"The kind '{kind}' is registered already.", nameof(kind));
        }

        var options = new AgentKindOptions();
        configure?.Invoke(options);
        Services.AddSingleton(new AgentKind(kind, create, [.. options.Settings], options.Policy) { Check = options.Check, IsRemote = options.IsRemote });
        return this;
    }
}
