using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>A supervisor at work under standing orders: they hold whoever is there and whoever comes, and end when they were to.</summary>
public abstract class MaintenanceContract(StoreServer server) : IAsyncLifetime
{
    private static readonly AgentId Id = AgentId.Parse("reader-1");
    private SupervisedFleet _fleet = null!;

    private HeartbeatStore Store => _fleet.Records.Store;

    private DateTimeOffset Now => _fleet.Records.Clock.Now;

    public async ValueTask InitializeAsync()
    {
        _fleet = await SupervisedFleet.OpenAsync(await server.ConnectionStringAsync(), Id);
        await _fleet.SpawnHealthyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Round_StandingOrder_HoldsWhoIsThereAndWhoComesUntilItIsEnded()
    {
        await Store.SetMaintenanceAsync(Order(null));
        await _fleet.RunAsync(TimeSpan.FromSeconds(3));
        var newcomer = AgentId.Parse("reader-2");
        Assert.Equal(CommandOutcome.Ok, (await _fleet.SpawnAsync(newcomer)).Outcome);

        await _fleet.RunAsync(TimeSpan.FromSeconds(10));
        _fleet.ReplaceSupervisor();
        await _fleet.RunAsync(TimeSpan.FromSeconds(10));

        Assert.Equal([AgentStatus.Paused, AgentStatus.Paused], [(await StateAsync(Id)).Status, (await StateAsync(newcomer)).Status]);
        Assert.Empty(await _fleet.Records.MembersAsync());
        Assert.Empty(_fleet.LiveBodies);
        await _fleet.Records.OrderAsync(newcomer, CommandKind.Remove);

        await Store.EndMaintenanceAsync(MaintenanceOrder.All);
        await _fleet.RunAsync(TimeSpan.FromSeconds(4));

        await HealthyAsync(2);
        Assert.Equal(DesiredMode.Run, (await StateAsync(Id)).Desired.Mode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Round_StandingOrderWithAnEnd_IsOverThenByWhicheverSupervisor(bool isReplaced)
    {
        var until = Now.AddSeconds(20);
        await Store.SetMaintenanceAsync(Order(until));
        await _fleet.RunAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(until, (await Store.DueAsync(0, Now, 10)).NextAt);
        if (isReplaced)
        {
            _fleet.ReplaceSupervisor();
        }

        await _fleet.RunAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(AgentStatus.Paused, (await StateAsync(Id)).Status);
        await _fleet.RunAsync(TimeSpan.FromSeconds(2));

        await HealthyAsync(2);
        Assert.Equal("maintenance-over", (await Store.ActionsAsync(0, Id, 10)).Single(a => a.Action is ActionKind.Resumed).Reason);
        Assert.Empty(await Store.MaintenanceAsync());
    }

    [Fact]
    public async Task Round_OrderEndedWhileNobodyJudged_IsFoundByTheNextSupervisor()
    {
        await Store.SetMaintenanceAsync(Order(null));
        await _fleet.RunAsync(TimeSpan.FromSeconds(3));

        await Store.EndMaintenanceAsync(MaintenanceOrder.All);
        _fleet.ReplaceSupervisor();
        await _fleet.RunAsync(TimeSpan.FromSeconds(3));

        await HealthyAsync(2);
    }

    [Fact]
    public async Task Round_OrderOfALabelThatItDoesNotHave_LeavesTheAgentAlone()
    {
        await Store.SetMaintenanceAsync(Order(null) with { Labels = new Dictionary<string, string> { ["team"] = "red" } });

        await _fleet.RunAsync(TimeSpan.FromSeconds(10));

        await HealthyAsync(1);
    }

    [Fact]
    public async Task Round_StoreClockSetBackADay_AStandingOrderLastsNoLongerThanItWasOrdered()
    {
        await Store.SetMaintenanceAsync(Order(Now.AddSeconds(20)));
        await _fleet.RunAsync(TimeSpan.FromSeconds(5));

        _fleet.SetClockBack(TimeSpan.FromDays(1));
        await _fleet.RunAsync(TimeSpan.FromSeconds(60));

        await HealthyAsync(2);
    }

    private MaintenanceOrder Order(DateTimeOffset? until) =>
        new() { Labels = new Dictionary<string, string>(), Actor = "boris", Reason = "night", At = Now, Until = until };

    private async Task<HealthState> StateAsync(AgentId id) => (await _fleet.Records.LoadAsync(id)).State.Value!;

    private async Task HealthyAsync(long incarnation)
    {
        var state = await StateAsync(Id);
        Assert.Equal((AgentStatus.Healthy, incarnation, null), (state.Status, state.Incarnation, state.Maintenance));
        await _fleet.SeeLiveAsync(incarnation);
    }
}

public sealed class GarnetMaintenanceTests(GarnetStore store) : MaintenanceContract(store);

public sealed class RedisMaintenanceTests(RedisStore store) : MaintenanceContract(store);
