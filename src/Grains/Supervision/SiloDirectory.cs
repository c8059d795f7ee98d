using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>Who of the hosts in the store is dead, and what silos are called.</summary>
internal sealed partial class SiloDirectory(
    IClusterMembershipService membership, IHeartbeatStore store, LocalSilo self, ILogger<SiloDirectory> logger)
    : ISiloDirectory
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

    public LocalSilo Self => self;

    public bool IsSilo(string host) => SiloAddresses.TryParse(host, out _);

    public async Task BuryAsync(string host, string why)
    {
        if (host == self.Host || StatusOf(host) is not SiloStatus.Active || !SiloAddresses.TryParse(host, out var address))
        {
            return;
        }

        try
        {
            LogBuried(logger, host, why);
            await membership.TryKill(address);
        }
        catch (Exception e)
        {
            // Its probes will come to the same; agents are looked after meanwhile.
            LogNotBuried(logger, host, e.Message);
        }
    }

    /// <summary>The names that silos gave themselves, by host.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync() =>
        (await store.SilosAsync()).ToDictionary(s => s.Key, s => s.Value.Name, StringComparer.Ordinal);

    // What claims incarnations from outside the cluster is no silo, and is judged by its deadlines alone.
    private SiloStatus StatusOf(string host) =>
        SiloAddresses.TryParse(host, out var address) ? membership.CurrentSnapshot.GetSiloStatus(address) : SiloStatus.Active;

    [LoggerMessage(1250, LogLevel.Warning, "Silo {Host} is declared dead: {Why}")]
    private static partial void LogBuried(ILogger logger, string host, string why);

    [LoggerMessage(1251, LogLevel.Warning, "Silo {Host} could not be declared dead: {Error}")]
    private static partial void LogNotBuried(ILogger logger, string host, string error);
}
