using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Fleet;

/// <summary>What an order does that is sent again because its answer was lost, as docs/API.md says it.</summary>
public sealed class RepeatedOrderTests(GarnetStore store) : IAsyncLifetime
{
    private static readonly AgentId Id = AgentId.Parse("agent");
    private static readonly PolicySettings Quick = new() { HeartbeatSeconds = 0.2, StopSeconds = 0.2 };
    private HealingCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await HealingCluster.StartAsync(store, healing => healing.AddAgent<Idle>("idle"));
        await _cluster.SpawnAsync(Id, "idle", Quick);
        await _cluster.SeeAsync(Id, "to be healthy", a => a.Status is AgentStatus.Healthy);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Order_SentTwice_DoesNoHarm()
    {
        var again = new AgentDefinition { Id = Id, Kind = "idle" };
        Assert.Equal((CommandOutcome.Conflict, 1L), ((await _cluster.Fleet.SpawnAsync(again, "anna")).Outcome, await IncarnationAsync()));

        Assert.Equal([CommandOutcome.Ok, CommandOutcome.Ok], await TwiceAsync(CommandKind.Pause));
        Assert.Equal([CommandOutcome.Ok, CommandOutcome.Conflict], await TwiceAsync(CommandKind.Resume));
        Assert.Equal(2, await IncarnationAsync());

        Assert.Equal([CommandOutcome.Ok, CommandOutcome.Conflict], await TwiceAsync(CommandKind.Restart, ifIncarnation: 2));
        Assert.Equal(3, await IncarnationAsync());

        Assert.Equal([CommandOutcome.Ok, CommandOutcome.Ok], await TwiceAsync(CommandKind.Restart));
        Assert.Equal(5, await IncarnationAsync());

        Assert.Equal([CommandOutcome.Conflict, CommandOutcome.Conflict], await TwiceAsync(CommandKind.Release));
        Assert.Equal([CommandOutcome.Ok, CommandOutcome.NotFound], await TwiceAsync(CommandKind.Remove));
    }

    private async Task<CommandOutcome[]> TwiceAsync(CommandKind kind, long? ifIncarnation = null)
    {
        var command = new AgentCommand(kind, "anna", IfIncarnation: ifIncarnation);
        return [(await _cluster.Fleet.CommandAsync(Id, command)).Outcome, (await _cluster.Fleet.CommandAsync(Id, command)).Outcome];
    }

    private async Task<long> IncarnationAsync() => (await _cluster.Fleet.DescribeAsync(Id))!.Agent.Incarnation;

    private sealed class Idle : IWorkerAgent
    {
        public Task RunAsync(AgentContext context, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
