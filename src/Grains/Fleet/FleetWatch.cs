using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>
/// Watches all agents for one reader. The store's channel says who changed, and a look at all deadlines once a second who fell
/// silent; besides, everybody is looked at anew in turn, so that a hint that was lost is made up for.
/// </summary>
internal sealed class FleetWatch(IHeartbeatStore store, FleetReader reader, SiloDirectory directory, AgentKinds kinds, StoreClock clock, TimeProvider time, IOptions<HealingOptions> options)
{
    private const int Page = 500;
    private const int MaxAtOnce = 4000;
    private const int LookedAtAnew = 200;
    private const int LastActions = 100;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly AgentStatus[] Statuses = [.. Enum.GetValues<AgentStatus>().Where(s => s is not AgentStatus.Stale)];

    /// <summary>The fleet in pages, then what changes, until the caller stops reading.</summary>
    /// <exception cref="StoreUnavailableException">The store is out of reach.</exception>
    public IAsyncEnumerable<FleetChange> WatchAsync(CancellationToken cancellationToken) => ReadAsync(cancellationToken).Readable(cancellationToken);

    private async IAsyncEnumerable<FleetChange> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fleet = new WatchedFleet();
        var hints = new Hints();
        await using var subscription = await store.SubscribeAsync(hints.Add);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        yield return await SurroundingsAsync(fleet);

        foreach (var partition in Enumerable.Range(0, store.Partitions))
        {
            foreach (var status in Statuses)
            {
                for (string? after = null; ;)
                {
                    var ids = await store.IdsAsync(partition, status, after, Page);
                    await LoadAsync(fleet, ids);
                    if (ids.Count > 0)
                    {
                        yield return Change(fleet, isWhole: false);
                    }

                    if (ids.Count < Page)
                    {
                        break;
                    }

                    after = ids[^1].Value;
                }
            }
        }

        var pending = new Queue<AgentId>();
        var turn = new Queue<AgentId>();
        var walk = default(Walk);
        var costs = TimeSpan.Zero;
        for (var lookedAt = TimeSpan.MinValue; !cancellationToken.IsCancellationRequested;)
        {
            byte[]? fresh = null;

            // Of a very large fleet it takes long to read all deadlines, and must not take all the time.
            if (lookedAt == TimeSpan.MinValue || clock.Monotonic - lookedAt >= Tick + Tick + (10 * costs))
            {
                lookedAt = clock.Monotonic;
                (fresh, var doubtful) = await LookAsync(fleet);
                costs = clock.Monotonic - lookedAt;
                hints.AddRange(doubtful);
            }

            foreach (var id in hints.Take())
            {
                pending.Enqueue(id);
            }

            walk = await WalkAsync(fleet, walk, pending);
            if (turn.Count == 0)
            {
                turn = new Queue<AgentId>(fleet.Ids);
            }

            for (var i = 0; i < LookedAtAnew && turn.Count > 0; i++)
            {
                pending.Enqueue(turn.Dequeue());
            }

            var next = new HashSet<AgentId>();
            while (next.Count < MaxAtOnce && pending.TryDequeue(out var id))
            {
                next.Add(id);
            }

            await LoadAsync(fleet, next);
            var change = fresh is null ? Change(fleet, isWhole: true) : (await SurroundingsAsync(fleet)) with { Fresh = fresh, IsWhole = true };
            var actions = await reader.ActionsAsync(null, LastActions);
            var news = actions.Where(a => !seen.Contains(a.Id)).Reverse().ToList();
            var isMore = seen.Count > 0 && news.Count >= LastActions;
            seen = [.. actions.Select(a => a.Id)];
            yield return change with { Actions = news.Count > 0 ? news : null, MoreActions = isMore };
            await hints.WaitAsync(Tick, time, cancellationToken);
        }
    }

    /// <summary>What is there beside the agents.</summary>
    private async Task<FleetChange> SurroundingsAsync(WatchedFleet fleet)
    {
        var overview = reader.OverviewAsync();
        var silos = await reader.SilosAsync();
        return Change(fleet, isWhole: false) with { Overview = await overview, Silos = silos };
    }

    private FleetChange Change(WatchedFleet fleet, bool isWhole)
    {
        var (changed, removed) = fleet.TakeChanges();
        return new FleetChange { At = clock.Now, Agents = changed, Removed = removed, IsWhole = isWhole };
    }

    private async Task<(byte[] Fresh, IReadOnlyList<AgentId> Doubtful)> LookAsync(WatchedFleet fleet)
    {
        var lists = await Task.WhenAll(Enumerable.Range(0, store.Partitions).Select(store.AllDeadlinesAsync));
        return fleet.Look(lists.SelectMany(l => l), clock.Now);
    }

    /// <summary>Goes through the lists of all agents for those that nobody has told of.</summary>
    private async Task<Walk> WalkAsync(WatchedFleet fleet, Walk at, Queue<AgentId> pending)
    {
        var ids = await store.IdsAsync(at.Partition, Statuses[at.Status], at.After, Page);
        foreach (var id in ids.Where(id => !fleet.Knows(id)))
        {
            pending.Enqueue(id);
        }

        return ids.Count == Page ? at with { After = ids[^1].Value }
            : at.Status + 1 < Statuses.Length ? new Walk(at.Partition, at.Status + 1, null)
            : new Walk((at.Partition + 1) % store.Partitions, 0, null);
    }

    private async Task LoadAsync(WatchedFleet fleet, IReadOnlyCollection<AgentId> ids)
    {
        if (ids.Count == 0)
        {
            return;
        }

        var names = await directory.NamesAsync();
        foreach (var chunk in ids.Chunk(Page))
        {
            var loaded = await Task.WhenAll(chunk.GroupBy(id => id.PartitionOf(store.Partitions)).Select(g => store.LoadAsync(g.Key, [.. g])));
            foreach (var snapshot in loaded.SelectMany(l => l))
            {
                var timeout = snapshot.Definition.Value is { } definition ? kinds.PolicyOf(definition).Timeout : options.Value.Timeout;
                fleet.Take(snapshot, AgentViews.ToView(snapshot, clock.Now, names), timeout);
            }
        }
    }

    private readonly record struct Walk(int Partition, int Status, string? After);

    /// <summary>Who is said to have changed, each once.</summary>
    private sealed class Hints
    {
        private readonly Lock _lock = new();
        private readonly HashSet<AgentId> _ids = [];
        private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Add(AgentId? id)
        {
            lock (_lock)
            {
                if (id is { } known)
                {
                    _ids.Add(known);
                }

                _news.TrySetResult();
            }
        }

        public void AddRange(IEnumerable<AgentId> ids)
        {
            lock (_lock)
            {
                _ids.UnionWith(ids);
            }
        }

        public IReadOnlyList<AgentId> Take()
        {
            lock (_lock)
            {
                IReadOnlyList<AgentId> taken = [.. _ids];
                _ids.Clear();
                _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return taken;
            }
        }

        /// <summary>Until there is news, but a fifth of <paramref name="longest"/> at least, so that a storm is told of in few parts.</summary>
        public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
        {
            try
            {
                await Task.Delay(longest / 5, time, cancellationToken);
                await _news.Task.WaitAsync(longest * 4 / 5, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // A look anyway.
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The reader left.
            }
        }
    }
}
