using OrleansHealing.Agents;

namespace OrleansHealing.Supervision;

/// <summary>What the cluster's membership says of the hosts in the store.</summary>
internal interface ISiloDirectory
{
    /// <summary>This silo.</summary>
    LocalSilo Self { get; }

    /// <summary>Whether a host is a silo of the cluster; what beats from outside is not.</summary>
    bool IsSilo(string host);

    /// <summary>The hosts out of <paramref name="hosts"/> that membership says are dead.</summary>
    Task<IReadOnlySet<string>> DeadAsync(IReadOnlyList<string> hosts);

    /// <summary>Has a silo declared dead, so that its grains can come back elsewhere. Never this one.</summary>
    Task BuryAsync(string host, string why);

    /// <summary>The names that silos gave themselves, by host.</summary>
    Task<IReadOnlyDictionary<string, string>> NamesAsync();
}
