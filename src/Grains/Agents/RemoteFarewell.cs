using Microsoft.Extensions.Hosting;

namespace OrleansHealing.Agents;

/// <summary>
/// Lets what works outside of the silo's process end before anything of the silo stops. Web servers stop before grains are handed
/// over, and then a process could not save its last checkpoint any more.
/// </summary>
internal sealed class RemoteFarewell(RemoteRuns runs) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.WhenAll(runs.All.Select(r => r.LeaveAsync())).WaitAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
