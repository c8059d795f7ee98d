using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>
/// Empties silos that a person wants drained, and evens out the others after one has joined: now and then asks a few agents to
/// hand themselves over. What becomes of them is decided as for any agent that is handed over; this starts and stops nobody.
/// </summary>
internal sealed partial class FleetBalancer(
    int partition, IHeartbeatStore store, StoreClock clock, AgentKinds kinds, IGrainFactory grains, SiloLoads loads,
    IClusterMembershipService membership, HealingOptions options, ILogger<FleetBalancer> logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // A silo that just joined may leave again, and its grains' first calls are slow; a fleet that was just moved is counted anew.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    // Long enough for what was moved to be stable where it is now.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    // An order is asked for again sooner: the body's grace, and some seconds to come up elsewhere.
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(15);
    private const int DrainsPerSecond = 5;
    private const int MostLooked = 500;

    private readonly Dictionary<AgentId, (TimeSpan At, long Incarnation)> _moved = [];
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

        if (now - _lookedAt < Period)
        {
            return 0;
        }

        _lookedAt = now;
        foreach (var (id, _) in _moved.Where(m => now - m.Value.At > Rest).ToList())
        {
            _moved.Remove(id);
        }

        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var silo in snapshot.Members.Values.Where(m => m.Status is SiloStatus.Active).Select(m => m.SiloAddress.ToParsableString()))
        {
            counts[silo] = await store.CountClaimsAsync(partition, silo);
        }

        var drains = await store.DrainsAsync();
        var draining = counts.Where(c => drains.ContainsKey(c.Key)).ToList();
        draining.ForEach(d => counts.Remove(d.Key));
        if (draining.Exists(d => d.Value > 0) && counts.Count > 0)
        {
            // One thing at a time: what is moved now goes where there is most room anyway.
            return await DrainAsync(draining.Where(d => d.Value > 0).ToDictionary(d => d.Key, d => drains[d.Key]));
        }

        return now - _changedAt >= Settled && FleetBalance.Plan(counts, options.MovesPerSecond) is { } move && !await AreOnTheirWayAsync()
            ? await EvenOutAsync(move.Host, move.Count)
            : 0;
    }

    /// <summary>Whether some that were moved have not arrived: they are counted nowhere, so that more would be moved than are too many.</summary>
    private async Task<bool> AreOnTheirWayAsync()
    {
        var moved = _moved.Where(m => clock.Monotonic - m.Value.At < Retry).Select(m => m.Key).ToList();
        return moved.Count > 0
            && (await store.LoadAsync(partition, moved)).Any(s => s.State.Value is { } state
                && (state.Status is AgentStatus.Restarting || (state.Status is AgentStatus.Healthy && state.Incarnation == _moved[s.Id].Incarnation)));
    }

    private async Task<int> DrainAsync(IReadOnlyDictionary<string, SiloDrain> silos)
    {
        // It was ordered, so it is done also where nothing else is ever moved.
        var left = options.MovesPerSecond == 0 ? DrainsPerSecond : options.MovesPerSecond;
        var moved = 0;
        foreach (var (host, drain) in silos)
        {
            var why = $"its silo is drained by {drain.Actor}{(drain.Reason is null ? "" : $": {drain.Reason}")}";
            var movable = (await LoadAsync(host, MostLooked))
                .Where(s => IsMovable(s, Retry) && s.State.Value is { Status: AgentStatus.Healthy })
                .OrderBy(IsInSilence).Take(left).ToList();
            await MoveAsync(movable, host, why);
            (left, moved) = (left - movable.Count, moved + movable.Count);
        }

        return moved;
    }

    private async Task<int> EvenOutAsync(string host, int count)
    {
        // Some more than are needed: not all of them can be moved just now.
        var movable = (await LoadAsync(host, count * 4))
            .Where(s => IsMovable(s, Rest) && s.State.Value is { Status: AgentStatus.Healthy, ConsecutiveFailures: 0 } && !IsInSilence(s))
            .Take(count).ToList();
        await MoveAsync(movable, host, "the silos are evened out");
        return movable.Count;
    }

    /// <summary>Agents that a host claimed, at most <paramref name="most"/>.</summary>
    private async Task<IReadOnlyList<AgentSnapshot>> LoadAsync(string host, int most)
    {
        var claims = (await store.ClaimsOfAsync(partition, host)).Take(most).ToList();
        await ForgetLeftoversAsync(host, claims);
        return [.. (await store.LoadAsync(partition, [.. claims.Select(c => c.Id)])).Where(s => s.ClaimedBy == host)];
    }

    private async Task MoveAsync(IReadOnlyList<AgentSnapshot> movable, string host, string why)
    {
        foreach (var (id, incarnation) in movable.Select(s => (s.Id, s.State.Value!.Incarnation)))
        {
            _moved[id] = (clock.Monotonic, incarnation);
            try
            {
                if (await loads.TakeLeastLoadedAsync(id, incarnation + 1, host) is { } silo)
                {
                    RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
                }

                await grains.GetGrain<IAgentGrain>(id.Value).MoveAsync(why);
                LogMoved(logger, id, why);
            }
            catch (OrleansException e)
            {
                // Its silo is on its way out, or too busy; it is still where it was, or about to be moved anyway.
                LogNotMoved(logger, id, e.Message);
            }
        }
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

    /// <summary>Whether its body is a grain's, and it was not asked just now, in vain.</summary>
    private bool IsMovable(AgentSnapshot snapshot, TimeSpan rest) =>
        !(_moved.TryGetValue(snapshot.Id, out var last) && clock.Monotonic - last.At < rest)
        && kinds.Find(snapshot.Definition.Value?.Kind ?? "")?.Create is not null;

    /// <summary>Whether it is in the middle of something long, which it would have to begin anew.</summary>
    private bool IsInSilence(AgentSnapshot snapshot) => snapshot.CurrentHeartbeat?.SilentUntil > clock.Now;

    [LoggerMessage(1260, LogLevel.Information, "Agent {AgentId} is asked to hand itself over: {Why}")]
    private static partial void LogMoved(ILogger logger, AgentId agentId, string why);

    [LoggerMessage(1261, LogLevel.Debug, "Agent {AgentId} could not be asked to hand itself over: {Error}")]
    private static partial void LogNotMoved(ILogger logger, AgentId agentId, string error);
}
