using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>The kinds that this host knows, and the one place where an agent's policy is settled.</summary>
public sealed class AgentKinds(IEnumerable<AgentKind> kinds, IOptions<HealingOptions> options)
{
    private readonly FrozenDictionary<string, AgentKind> _kinds = kinds.ToFrozenDictionary(k => k.Name, StringComparer.Ordinal);
    private readonly SupervisionPolicy _fleet = options.Value.ToPolicy();

    /// <summary>Every kind, by name.</summary>
    public IEnumerable<AgentKind> All => _kinds.Values.OrderBy(k => k.Name, StringComparer.Ordinal);

    /// <summary>The kind of this name; null when it is not registered here.</summary>
    public AgentKind? Find(string name) => _kinds.GetValueOrDefault(name);

    /// <summary>The policy of a definition: its own numbers over its kind's over the fleet's.</summary>
    public SupervisionPolicy PolicyOf(AgentDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var kind = Find(definition.Kind)?.Policy.Over(_fleet) ?? _fleet;
        return definition.Policy?.Over(kind) ?? kind;
    }
}
