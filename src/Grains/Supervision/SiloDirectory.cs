using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>Who of the hosts in the store is dead, and what silos are called.</summary>
internal sealed class SiloDirectory(IClusterMembershipService membership, IHeartbeatStore store)
{
    /// <summary>
    /// The hosts out of <paramref name="hosts"/> that the cluster's membership says are dead. One that it does not know is only
    /// believed dead after the membership table was read anew: a silo that works stands in it.
    /// </summary>
    public async Task<IReadOnlySet<string>> DeadAsync(IReadOnlyList<string> hosts)
    {
        var dead = new HashSet<string>(StringComparer.Ordinal);
        var unknown = new List<string>();
        foreach (var host in hosts)
        {
            switch (StatusOf(host))
            {
                case SiloStatus.Dead:
                    dead.Add(host);
                    break;
                case SiloStatus.None:
                    unknown.Add(host);
                    break;
            }
        }

        if (unknown.Count > 0)
        {
            await membership.Refresh();
            dead.UnionWith(unknown.Where(host => StatusOf(host) is SiloStatus.None or SiloStatus.Dead));
        }

        return dead;
    }

    /// <summary>The names that silos gave themselves, by host.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync() =>
        (await store.SilosAsync()).ToDictionary(s => s.Key, s => s.Value.Name, StringComparer.Ordinal);

    /// <summary>What is no silo and claims incarnations from outside the cluster is judged by its deadlines alone.</summary>
    private SiloStatus StatusOf(string host) =>
        SiloAddresses.TryParse(host, out var address) ? membership.CurrentSnapshot.GetSiloStatus(address) : SiloStatus.Active;
}
