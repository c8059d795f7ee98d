using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>Reads the fleet from the store.</summary>
internal sealed class FleetReader(
    IHeartbeatStore store, StoreClock clock, AgentKinds kinds, SiloDirectory directory, IClusterMembershipService membership,
    IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(2);

    public async Task<Page<AgentView>> ListAsync(AgentQuery query) =>
        await new AgentPages(store, clock).FindAsync(
            query with { Limit = Math.Clamp(query.Limit, 1, AgentQuery.MaxLimit) }, await directory.NamesAsync());

    public async Task<AgentDetails?> DescribeAsync(AgentId id)
    {
        var partition = id.PartitionOf(store.Partitions);
        var snapshot = (await store.LoadAsync(partition, [id]))[0];
        if (snapshot.State.Text is null && snapshot.Definition.Text is null)
        {
            return null;
        }

        var actions = store.ActionsAsync(partition, id, 100);
        var checkpoints = store.LoadCheckpointsAsync(id, 100);
        var definition = snapshot.Definition.Value;
        return new AgentDetails
        {
            Agent = AgentViews.ToView(snapshot, clock.Now, await directory.NamesAsync()),
            Definition = definition,
            Policy = definition is null ? null : kinds.PolicyOf(definition),
            Desired = snapshot.State.Value?.Desired,
            Actions = await actions,
            Checkpoints =
            [
                .. (await checkpoints).Select(c => c.Value).OfType<Checkpoint>().Select(c => new CheckpointView
                {
                    Incarnation = c.Incarnation,
                    Sequence = c.Sequence,
                    At = c.At,
                    Length = c.State.Text.Length,
                }),
            ],
        };
    }

    public async Task<IReadOnlyList<SupervisorAction>> ActionsAsync(AgentId? id, int limit, string? before = null)
    {
        limit = Math.Clamp(limit, 1, AgentQuery.MaxLimit);
        if (id is { } agent)
        {
            return await store.ActionsAsync(agent.PartitionOf(store.Partitions), agent, limit, before);
        }

        var lists = await Task.WhenAll(Enumerable.Range(0, store.Partitions).Select(p => store.ActionsAsync(p, null, limit, before)));
        return lists.Length == 1 ? lists[0] : [.. lists.SelectMany(l => l).OrderByDescending(a => a.Id, StringComparer.Ordinal).Take(limit)];
    }

    public async Task<FleetOverview> OverviewAsync()
    {
        var now = clock.Now;
        var partitions = Enumerable.Range(0, store.Partitions).ToList();
        var counts = await Task.WhenAll(partitions.Select(store.CountAsync));
        var late = (await Task.WhenAll(partitions.Select(p => store.CountPastDeadlinesAsync(p, now)))).Sum();
        var counters = await Task.WhenAll(partitions.Select(store.CountersAsync));
        var byStatus = Enum.GetValues<AgentStatus>().ToDictionary(s => s.ToWord(), s => counts.Sum(c => c.GetValueOrDefault(s)), StringComparer.Ordinal);

        // Past deadlines are nearly always of healthy agents; the sum stays that of the stored statuses.
        var stale = Math.Min(late, byStatus[AgentStatus.Healthy.ToWord()]);
        byStatus[AgentStatus.Stale.ToWord()] = stale;
        byStatus[AgentStatus.Healthy.ToWord()] -= stale;
        var recoveries = counters.Sum(c => c.Recoveries);
        return new FleetOverview
        {
            Agents = byStatus.Values.Sum(),
            ByStatus = byStatus,
            Restarts = counters.Sum(c => c.Restarts),
            Failures = counters.Sum(c => c.Failures),
            MttrSeconds = recoveries == 0 ? null : Math.Round(counters.Sum(c => c.RecoveryMs) / 1000.0 / recoveries, 4),
            MalformedRecords = (await Task.WhenAll(partitions.Select(store.CountMalformedAsync))).Sum(),
            Supervisors = await PulsesAsync(partitions),
            Maintenance = await MaintenanceDesk.StandingAsync(store, now),
            Beats = counters.Sum(c => c.Beats),
        };
    }

    public async Task<IReadOnlyList<SiloView>> SilosAsync()
    {
        var views = new List<SiloView>();
        var drains = await store.DrainsAsync();
        foreach (var (address, record) in await store.SilosAsync())
        {
            var claims = await Task.WhenAll(Enumerable.Range(0, store.Partitions).Select(p => store.CountClaimsAsync(p, address)));
            var drain = drains.GetValueOrDefault(address);
            views.Add(new SiloView
            {
                Name = record.Name,
                Url = record.Url,
                Pid = record.Pid,
                Status = SiloStates.Of(SiloStates.Of(membership, address), drain, claims.Sum()),
                Agents = claims.Sum(),
                StartedAt = record.StartedAt,
                Machine = record.Machine,
                Address = address,
                ProcessStartedAt = record.ProcessStartedAt,
                Drain = drain,
            });
        }

        return [.. views.OrderBy(v => v.Name, StringComparer.Ordinal).ThenBy(v => v.StartedAt)];
    }

    private async Task<IReadOnlyList<SupervisorPulse>> PulsesAsync(List<int> partitions)
    {
        var pulses = await Task.WhenAll(partitions.Select(async p =>
        {
            try
            {
                return await grains.GetGrain<ISupervisorGrain>(p).PingAsync().WaitAsync(PingPatience, time);
            }
            catch (Exception e) when (e is TimeoutException or OrleansException)
            {
                // Shown as away, which is what a reader of the overview needs to see.
                return new SupervisorPulse { Partition = p, Silo = "?", Hold = $"does not answer: {e.Message}" };
            }
        }));
        return pulses;
    }
}
