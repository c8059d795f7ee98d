using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>Hosts that fall silent as a whole: then it is not the agents that failed.</summary>
internal sealed partial class Judge
{
    private const int MostLookedAt = 20;
    private static readonly TimeSpan VerdictAge = TimeSpan.FromSeconds(1);

    /// <summary>Compares this host's clock with the store's; null where nobody sets that.</summary>
    public Func<Task>? CompareClock { private get; init; }

    private readonly Dictionary<string, (TimeSpan At, bool IsSilent)> _verdicts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toBury = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _livingHosts = [];

    /// <summary>
    /// Before anybody is judged by silence: another host may have seen the store's clock go back before this one, and its agents
    /// promise by what it is now.
    /// </summary>
    private async Task CompareClockAsync(IReadOnlyList<AgentSnapshot> snapshots)
    {
        if (CompareClock is { } compare && snapshots.Any(s => s is { State.Value.IsPromised: true, CurrentReport: null } && s.Deadline <= _clock.Now))
        {
            await compare();
            CheckClock();
        }
    }

    /// <summary>
    /// The hosts of missed deadlines of which not one agent was heard of for more than half of its timeout. When that is all
    /// hosts of several, it is none: then nobody can be heard, and no host is to blame.
    /// </summary>
    private async Task<IReadOnlySet<string>> FindSilentAsync(IReadOnlyList<AgentSnapshot> snapshots, bool isLateEnough = false)
    {
        var now = _clock.Now;
        var suspects = snapshots
            .Where(s => s.ClaimedBy is { } host && _silos.IsSilo(host) && (isLateEnough || s.Deadline <= now) && s.CurrentReport is null)
            .GroupBy(s => s.ClaimedBy!, s => PolicyOf(s).Timeout)
            .ToDictionary(g => g.Key, g => g.Min());
        var silent = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (host, timeout) in suspects)
        {
            if (await IsSilentAsync(host, timeout))
            {
                silent.Add(host);
            }
        }

        return silent.Count > 1 && silent.Count >= _livingHosts.Count ? new HashSet<string>() : silent;
    }

    private async Task<bool> IsSilentAsync(string host, TimeSpan timeout)
    {
        if (_verdicts.TryGetValue(host, out var verdict) && _clock.Monotonic - verdict.At < VerdictAge)
        {
            return verdict.IsSilent;
        }

        var claims = await _store.ClaimsOfAsync(_partition, host);
        var (now, deadlines) = (_clock.Now, await _store.DeadlinesAsync(_partition, claims));
        var later = claims.Where((_, i) => deadlines[i] > now + (timeout / 2)).Select(c => c.Id).ToList();
        var isSilent = deadlines.Count(d => d is not null) > 1 && await AreSilentAsync(later, now);
        if (_verdicts.Count > 1000)
        {
            // Hosts that are long gone.
            _verdicts.Clear();
        }

        _verdicts[host] = (_clock.Monotonic, isSilent);
        return isSilent;
    }

    /// <summary>Those whose deadlines are further off may only have longer timeouts. So many that nobody looks at each: then not.</summary>
    private async Task<bool> AreSilentAsync(List<AgentId> ids, DateTimeOffset now) => ids.Count == 0
        || (ids.Count <= MostLookedAt
            && (await _store.LoadAsync(_partition, ids)).All(s => s.Deadline is not { } deadline || deadline <= now + (PolicyOf(s).Timeout / 2)));

    private void NoteSilentHost(AgentSnapshot before, Decision decision)
    {
        if (decision.OnlyIfDeadlineAtMost is not null && before.ClaimedBy is { } host && _silentHosts.Contains(host)
            && decision.Next?.LastFailure?.Reason is FailureReason.SiloLost)
        {
            _toBury.Add(host);
        }
    }

    /// <summary>
    /// Has silos declared dead that fell silent with all their agents: grains of a frozen silo could not come back elsewhere as
    /// long as membership believes in it.
    /// </summary>
    private async Task BuryAsync()
    {
        var hosts = _toBury.ToList();
        _toBury.Clear();
        if (_options.EvictSilentSilos)
        {
            foreach (var host in hosts)
            {
                await _silos.BuryAsync(host, "not one of its agents is heard any more");
            }
        }
    }
}
