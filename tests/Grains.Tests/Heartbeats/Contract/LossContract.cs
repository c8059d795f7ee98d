using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>A supervisor and a body on a store that loses its data, or the last of it: one body is left, and no number is granted twice.</summary>
public abstract class LossContract(StoreServer server) : IAsyncLifetime
{
    private static readonly AgentId Id = AgentId.Parse("reader-1");
    private SupervisedFleet _fleet = null!;

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
    public async Task Wipe_UnderARunningBody_ItGoesOnAsItIsAndTheNextIsAboveEveryNumber()
    {
        await CrashAsync();
        await _fleet.Records.WipeAsync();
        await _fleet.RunAsync(TimeSpan.FromSeconds(10));

        await HealthyAsync(2);
        Assert.Equal("test", (await _fleet.Records.LoadAsync(Id)).Definition.Value!.Kind);
        Assert.Equal(
            [(ActionKind.Repaired, "re-registered"), (ActionKind.Recovered, "first-heartbeat")],
            (await _fleet.Records.Store.ActionsAsync(0, Id, 10)).Reverse().Select(a => (a.Action, a.Reason)));

        await CrashAsync();
        await HealthyAsync(await FloorAsync() + 1);
        Assert.True(await FloorAsync() > _fleet.Records.Clock.Now.AddHours(-1).ToUnixTimeSeconds(), "the floor is under the time");
    }

    [Fact]
    public async Task Wipe_NameSpawnedAnewBeforeTheBodyIsHeard_TheHigherNumberGoesOn()
    {
        await CrashAsync();
        await _fleet.Records.WipeAsync();

        // By somebody who takes the store for a new one.
        await _fleet.Records.SpawnAsync(Id);
        await _fleet.RunAsync(TimeSpan.FromSeconds(10));

        await HealthyAsync(2);
    }

    [Fact]
    public async Task Wipe_TwoBodiesOfOneAgent_TheHigherNumberGoesOn()
    {
        await _fleet.Records.WipeAsync();
        _fleet.Appear(5);
        await _fleet.RunAsync(TimeSpan.FromSeconds(10));

        await HealthyAsync(5);
    }

    [Fact]
    public async Task Wipe_AgentThatWasRemoved_ItsBodyIsFenced()
    {
        await _fleet.Records.OrderAsync(Id, CommandKind.Remove);
        await _fleet.RunAsync(TimeSpan.FromSeconds(5));

        Assert.Empty(_fleet.LiveBodies);
        Assert.Null((await _fleet.Records.LoadAsync(Id)).State.Text);
    }

    [Fact]
    public async Task Failover_ThatLostTheLastGrant_TheBodyGoesOnAndTheNextIsAboveIt()
    {
        var copy = await StoreCopy.TakeAsync(_fleet.Records);
        await CrashAsync();
        await HealthyAsync(2);
        await copy.PutBackAsync(_fleet.Records);
        await _fleet.RunAsync(TimeSpan.FromSeconds(10));

        await HealthyAsync(2);
        await CrashAsync();
        await HealthyAsync(await FloorAsync() + 1);
    }

    [Fact]
    public async Task Failover_ThatLostAGrantWhoseBodyIsGone_GrantsItNotAgain()
    {
        await _fleet.RoundAsync();
        var copy = await StoreCopy.TakeAsync(_fleet.Records);
        await CrashAsync();
        await CrashAsync();
        _fleet.Die();
        await copy.PutBackAsync(_fleet.Records);
        await _fleet.RunAsync(TimeSpan.FromSeconds(30));

        var state = (await _fleet.Records.LoadAsync(Id)).State.Value!;
        Assert.True(state.Incarnation > 1_000_000, $"incarnation {state.Incarnation} was granted, or may have been");
        await HealthyAsync(state.Incarnation);
    }

    [Fact]
    public async Task Failover_ToAStateInWhichAPersonHadPausedIt_TheBodyStops()
    {
        await _fleet.Records.OrderAsync(Id, CommandKind.Pause);
        _fleet.Die();
        var copy = await StoreCopy.TakeAsync(_fleet.Records);
        await _fleet.Records.OrderAsync(Id, CommandKind.Resume);
        await _fleet.RunAsync(TimeSpan.FromSeconds(3));
        await HealthyAsync(2);
        await copy.PutBackAsync(_fleet.Records);
        await _fleet.RunAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(AgentStatus.Paused, (await _fleet.Records.LoadAsync(Id)).State.Value!.Status);
        Assert.Empty(_fleet.LiveBodies);
    }

    [Fact]
    public async Task Adopt_WhoseAnswerWasLost_SaysTheSameAgain()
    {
        await _fleet.Records.WipeAsync();

        Assert.Equal(BodyVerdict.GoesOn, await _fleet.AdoptAsync(_fleet.Body(1)));
        Assert.Equal(BodyVerdict.GoesOn, await _fleet.AdoptAsync(_fleet.Body(1)));
        Assert.Single(await _fleet.Records.Store.ActionsAsync(0, Id, 10));
    }

    [Fact]
    public async Task Adopt_StateThatCannotBeReadAndItsDeadlineGone_GoesOn()
    {
        await _fleet.Records.Database.HashSetAsync(_fleet.Records.Keys.States, Id.Value, "garbage");
        await _fleet.Records.Database.KeyDeleteAsync(_fleet.Records.Keys.Deadlines);
        await _fleet.RunAsync(TimeSpan.FromSeconds(10));

        await HealthyAsync(1);
    }

    private async Task CrashAsync()
    {
        await _fleet.CrashAsync(FailureReason.Crashed);
        await _fleet.RunAsync(TimeSpan.FromSeconds(15));
    }

    private Task<long> FloorAsync() => _fleet.Records.Store.IncarnationFloorAsync(0);

    private async Task HealthyAsync(long incarnation)
    {
        var state = (await _fleet.Records.LoadAsync(Id)).State.Value!;
        Assert.Equal((AgentStatus.Healthy, incarnation), (state.Status, state.Incarnation));
        Assert.Equal([incarnation], _fleet.LiveBodies);
    }
}

public sealed class GarnetLossTests(GarnetStore store) : LossContract(store);

public sealed class RedisLossTests(RedisStore store) : LossContract(store);
