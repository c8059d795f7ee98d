using System.Collections.Concurrent;

namespace OrleansHealing.Silo.Healing;

/// <summary>
/// Looks at the fleet all the time that a fault lasts: no incarnation is ever seen on two silos, and none after a higher one. What
/// a silo cannot answer meanwhile is not seen.
/// </summary>
internal sealed class Witness : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SiloCluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, long> _highest = new();
    private readonly ConcurrentDictionary<(string Id, long Incarnation), string> _hosts = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Task _watch;

    public Witness(SiloCluster cluster)
    {
        _cluster = cluster;
        _watch = WatchAsync();
    }

    /// <summary>The store itself goes back, so that an earlier incarnation is shown until its body is asked.</summary>
    public bool StoreGoesBack { get; init; }

    /// <summary>Stops looking; fails the test by what it has seen.</summary>
    public async Task SawNothingWrongAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        Assert.Empty(_faults);
        Assert.NotEmpty(_highest);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var silo in _cluster.Silos.Where(s => s.IsAlive && s.Url is not null).ToList())
            {
                try
                {
                    foreach (var agent in await _cluster.AgentsAsync(silo))
                    {
                        Note(agent);
                    }
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                {
                    // It has other worries.
                }
            }

            await Task.WhenAny(Task.Delay(Pause, _stop.Token));
        }
    }

    private void Note(AgentSeen agent)
    {
        if (agent.Incarnation == 0)
        {
            // Its state cannot be read just now; nothing is known of it.
            return;
        }

        var highest = _highest.AddOrUpdate(agent.Id, agent.Incarnation, (_, before) => Math.Max(before, agent.Incarnation));
        if (agent.Incarnation < highest && !StoreGoesBack)
        {
            _faults.Enqueue($"{agent.Id} is at incarnation {agent.Incarnation} after {highest}");
        }

        // By its address for as long as the store does not know its name, or by what somebody wrote in its place.
        if (agent.Silo is { } silo && _cluster.Silos.Any(s => s.Name == silo) && _hosts.GetOrAdd((agent.Id, agent.Incarnation), silo) is { } other && other != silo)
        {
            _faults.Enqueue($"incarnation {agent.Incarnation} of {agent.Id} is on {silo}, and was on {other}");
        }
    }
}
