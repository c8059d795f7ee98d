using OrleansHealing.Hosting;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.Docker;

/// <summary>Two silos that have one Docker, on a way that can be cut, for the tests of a class.</summary>
public sealed class DockerCluster(GarnetStore store, RealDocker docker) : IAsyncDisposable
{
    private HealingCluster? _cluster;
    private SocketRelay? _relay;

    public bool IsStarted => _cluster is not null;

    internal HealingCluster Cluster => _cluster!;

    internal SocketRelay Relay => _relay!;

    /// <summary>Starts them, unless they run. Skips the test where there is no Docker.</summary>
    public async Task StartAsync()
    {
        await docker.StartAsync();
        if (_cluster is null)
        {
            _relay = new SocketRelay(docker.Endpoint);
            _cluster = await HealingCluster.StartAsync(
                store, healing => healing.AddDockerAgents(o => (o.Endpoint, o.Timeout) = (_relay.Endpoint, TimeSpan.FromSeconds(20))), silos: 2);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
            _relay!.Dispose();
        }
    }
}
