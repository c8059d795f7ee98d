using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>
/// Evens out the silos after one has joined: now and then asks a few agents of the fullest to hand themselves over. What
/// becomes of them is decided as for any agent that is handed over; this starts and stops nobody.
/// </summary>
internal sealed partial class FleetBalancer(
    int partition, IHeartbeatStore store, StoreClock clock, AgentKinds kinds, IGrainFactory grains, IClusterMembershipService membership,
    HealingOptions options, ILogger<FleetBalancer> logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // A silo that just joined may leave again, and its grains' first calls are slow; a fleet that was just moved is counted anew.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    // Long enough for what was moved to be stable where it is now.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly Dictionary<AgentId, TimeSpan> _moved = [];
    private TimeSpan _lookedAt;
    private TimeSpan _changedAt;
    private MembershipVersion _version;

    /// <summary>Moves a few agents if it is time and they are uneven.</summary>
    /// <returns>How many.</returns>
    public async Task<int> BalanceAsync()
    {
        var now = clock.Monotonic;
        var snapshot = membership.CurrentSnapshot;
        if (snapshot.Version != _version)
        {
            (_version, _changedAt) = (snapshot.Version, now);
        }

        if (options.MovesPerSecond == 0 || now - _lookedAt < Period || now - _changedAt < Settled)
        {
            return 0;
        }

        _lookedAt = now;
        foreach (var (id, _) in _moved.Where(m => now - m.Value > Rest).ToList())
        {
            _moved.Remove(id);
        }

        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var silo in snapshot.Members.Values.Where(m => m.Status is SiloStatus.Active).Select(m => m.SiloAddress.ToParsableString()))
        {
            counts[silo] = await store.CountClaimsAsync(partition, silo);
        }

        return FleetBalance.Plan(counts, options.MovesPerSecond) is { } move ? await MoveAsync(move.Host, move.Count) : 0;
    }

    private async Task<int> MoveAsync(string host, int count)
    {
        // Some more than are needed: not all of them can be moved just now.
        var claims = (await store.ClaimsOfAsync(partition, host)).Take(count * 4).ToList();
        await ForgetLeftoversAsync(host, claims);
        var movable = (await store.LoadAsync(partition, [.. claims.Select(c => c.Id)]))
            .Where(s => s.ClaimedBy == host && IsMovable(s)).Take(count).Select(s => s.Id).ToList();
        foreach (var id in movable)
        {
            _moved[id] = clock.Monotonic;
            try
            {
                await grains.GetGrain<IAgentGrain>(id.Value).MoveAsync("the silos are evened out");
                LogMoved(logger, id);
            }
            catch (OrleansException e)
            {
                // Its silo is on its way out, or too busy; it is still where it was, or about to be moved anyway.
                LogNotMoved(logger, id, e.Message);
            }
        }

        return movable.Count;
    }

    /// <summary>A claim without a deadline was fenced; it would be counted for an agent that is not there.</summary>
    private async Task ForgetLeftoversAsync(string host, IReadOnlyList<ClaimedIncarnation> claims)
    {
        var deadlines = await store.DeadlinesAsync(partition, claims);
        var leftovers = claims.Where((_, i) => deadlines[i] is null).ToList();
        if (leftovers.Count > 0)
        {
            await store.ForgetClaimsAsync(partition, host, leftovers);
        }
    }

    /// <summary>
    /// Whether now is a good moment: nothing is wrong with it, it is not in the middle of something long, and it was not moved
    /// just now, in vain.
    /// </summary>
    private bool IsMovable(AgentSnapshot snapshot) =>
        !(_moved.TryGetValue(snapshot.Id, out var at) && clock.Monotonic - at < Rest)
        && snapshot.State.Value is { Status: AgentStatus.Healthy, ConsecutiveFailures: 0 }
        && !(snapshot.CurrentHeartbeat?.SilentUntil > clock.Now)
        && kinds.Find(snapshot.Definition.Value?.Kind ?? "")?.Create is not null;

    [LoggerMessage(1260, LogLevel.Information, "Agent {AgentId} is asked to hand itself over, so that the silos are evened out")]
    private static partial void LogMoved(ILogger logger, AgentId agentId);

    [LoggerMessage(1261, LogLevel.Debug, "Agent {AgentId} could not be asked to hand itself over: {Error}")]
    private static partial void LogNotMoved(ILogger logger, AgentId agentId, string error);
}
