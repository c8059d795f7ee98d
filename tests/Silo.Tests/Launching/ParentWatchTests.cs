using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace OrleansHealing.Silo.Launching;

public sealed class ParentWatchTests
{
    [Fact]
    public async Task Watch_ParentKilled_StopsTheApplication()
    {
        // A parent of its own process, whose output is the pipe: what a launcher is to a silo, seen from the pipe's end.
        using var parent = Process.Start(new ChildCommand("/bin/sh", ["-c", "echo here; exec sleep 600"]).ToStartInfo())!;
        var lifetime = new Lifetime();
        var watch = new ParentWatch(() => parent.StandardOutput.BaseStream, lifetime, NullLogger<ParentWatch>.Instance);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        Assert.False(lifetime.Stopping.IsCompleted);

        parent.Kill();

        await lifetime.Stopping.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Stopping => _stopping.Task;

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.TrySetResult();
    }
}
