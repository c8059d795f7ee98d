using System.Diagnostics;
using OrleansHealing.Agents;
using OrleansHealing.Backends;

namespace OrleansHealing.Tests.Backends.Contract;

/// <summary>What a backend must keep besides that tells somebody outside of the cluster, who may be out of reach or not answer.</summary>
public abstract class RemoteBackendContract(Func<Task<IRemoteBackendStage>> open) : RestartBackendContract(async () => await open())
{
    private static readonly AgentId Id = AgentId.Parse("worker-1");

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(0.5);

    // For a machine that is busy with something else.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private IRemoteBackendStage Remote => (IRemoteBackendStage)Stage;

    [Fact]
    public Task Start_WithNobodyThere_FailsInTimeAndTellsNoSecret() => FailsInTimeAsync(Remote.OutOfReach(Limit), isStart: true);

    [Fact]
    public Task Start_WithoutAnAnswer_FailsInTimeAndTellsNoSecret() => FailsInTimeAsync(Remote.Mute(Limit), isStart: true);

    [Fact]
    public Task Stop_WithNobodyThere_FailsInTimeAndTellsNoSecret() => FailsInTimeAsync(Remote.OutOfReach(Limit), isStart: false);

    [Fact]
    public Task Stop_WithoutAnAnswer_FailsInTimeAndTellsNoSecret() => FailsInTimeAsync(Remote.Mute(Limit), isStart: false);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Order_ThatIsCancelledWithoutAnAnswer_EndsSoon(bool isStart)
    {
        using var cancellation = new CancellationTokenSource();
        var order = GiveAsync(Remote.Mute(TimeSpan.FromMinutes(10)), isStart, await Remote.GrantAsync(Id), cancellation.Token);
        await Remote.AskedAsync().WaitAsync(Patience, Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => order.WaitAsync(Patience, Token));
    }

    private static Task GiveAsync(IRestartBackend backend, bool isStart, AgentStart order, CancellationToken cancellation) => isStart
        ? backend.StartAsync(order, cancellation)
        : backend.StopAsync(new AgentStop(order.Definition.Id, order.Definition.Kind, order.Incarnation), cancellation);

    private async Task FailsInTimeAsync(IRestartBackend backend, bool isStart)
    {
        var order = await Remote.GrantAsync(Id);
        var watch = Stopwatch.StartNew();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => GiveAsync(backend, isStart, order, Token));

        Assert.True(watch.Elapsed < Limit + Patience, $"It failed after {watch.Elapsed.TotalSeconds:0.0} s; its limit is {Limit.TotalSeconds} s.");
        Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal);
        Assert.All(Remote.Secrets, secret => Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal));
    }
}
