using System.Collections.Frozen;

namespace OrleansHealing.Backends;

/// <summary>A backend registered for a kind.</summary>
/// <param name="Kind">The kind of agents that it starts.</param>
/// <param name="Type">Its type, made from the host's services.</param>
internal sealed record BackendRegistration(string Kind, Type Type);

/// <summary>Which backend starts which kind; the grain backend, unless another was registered.</summary>
internal sealed class RestartBackends(IEnumerable<BackendRegistration> registrations, IServiceProvider services, GrainRestartBackend grain)
{
    private readonly FrozenDictionary<string, IRestartBackend> _byKind = registrations.ToFrozenDictionary(
        r => r.Kind, r => (IRestartBackend)Microsoft.Extensions.DependencyInjection.ActivatorUtilities.GetServiceOrCreateInstance(services, r.Type));

    public IRestartBackend For(string kind) => _byKind.GetValueOrDefault(kind, grain);
}
