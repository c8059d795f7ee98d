using OrleansHealing.Fleet;

namespace OrleansHealing.Silo.Demo;

/// <summary>A small fleet to watch, spawned when the silo is up and kept at work until it stops.</summary>
internal sealed class DemoFleet(IGrainFactory grains, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DemoFleet> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);

        var keeper = new DemoKeeper(grains.GetFleet(), DemoDefinitions.Of(DemoDefinitions.Texts), time, logger);
        using var timer = new PeriodicTimer(Between, time);
        do
        {
            await keeper.TendAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
