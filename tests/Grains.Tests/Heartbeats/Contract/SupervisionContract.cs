using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>A supervisor at work on a store that was tampered with, or whose clock was: what is lost is found, and nobody waits for ever.</summary>
public abstract class SupervisionContract(StoreServer server) : IAsyncLifetime
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

    [Theory]
    [InlineData("actions")]
    [InlineData("actions:reader-1")]
    [InlineData("hosts")]
    [InlineData("lastround")]
    [InlineData("counters")]
    [InlineData("status:restarting")]
    [InlineData("looks")]
    [InlineData("claims")]
    [InlineData("reports")]
    [InlineData("evidence:reader-1")]
    [InlineData("host:" + Given.Host)]
    public async Task Round_KeyOfAnotherType_IsSetAsideAndSupervisionGoesOn(string key)
    {
        var name = $"{_fleet.Records.Options.KeyPrefix}:{{0}}:{key}";
        await _fleet.Records.Database.KeyDeleteAsync(name);
        if (key is "lastround")
        {
            await _fleet.Records.Database.ListLeftPushAsync(name, "x");
        }
        else
        {
            await _fleet.Records.Database.StringSetAsync(name, "x");
        }

        _fleet.Hang();
        await _fleet.RoundAsync();
        await _fleet.RunAsync(TimeSpan.FromSeconds(20));

        // Without the counters nothing says how many numbers were granted.
        var state = (await _fleet.Records.LoadAsync(Id)).State.Value!;
        await HealthyAsync(key is "counters" ? (await _fleet.Records.Store.IncarnationFloorAsync(0)) + 1 : 2);
        Assert.True(key is "counters" == state.Incarnation > 1000, $"incarnation {state.Incarnation}");
    }

    [Fact]
    public async Task Round_SilentAgent_IsCountedWithHowLongItWasSilent()
    {
        _fleet.Hang();
        await _fleet.RoundAsync();
        await _fleet.RunAsync(TimeSpan.FromSeconds(20));

        var counts = SilenceCounts.Read([_fleet.Silences.Drain(0).Increments])["test"];

        Assert.Equal((1, TimeSpan.FromSeconds(5)), (counts.Silences, counts.Timeouts));
        Assert.InRange(counts.Silent, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Explain_WhateverTheSupervisorDid_IsTheSameAgain()
    {
        await _fleet.CrashAsync(FailureReason.Crashed);
        await _fleet.RunAsync(TimeSpan.FromSeconds(3));
        _fleet.Hang();
        await _fleet.RunAsync(TimeSpan.FromSeconds(10));
        var explainer = new Explainer(_fleet.Records.Store);

        var explained = await Task.WhenAll((await _fleet.Records.Store.ActionsAsync(0, Id, 100)).Select(a => explainer.ExplainAsync(a.Id, null)));

        Assert.Equal(5, explained.Length);
        Assert.All(explained, e => Assert.True(e!.IsSame, $"{e.Action}: {e.Unexplained} {string.Join("; ", e.Differences)}"));
        Assert.Contains("silent", explained.Select(e => e!.Rule));
    }

    [Fact]
    public async Task Round_LookThatNoStateSpeaksOf_IsForgotten()
    {
        await _fleet.Records.Database.SortedSetAddAsync(_fleet.Records.Keys.Looks, [new(Id.Value, 0), new("nobody", 0)]);

        await _fleet.RunAsync(TimeSpan.FromSeconds(2));

        Assert.Empty((await _fleet.Records.Store.DueAsync(0, _fleet.Records.Clock.Now, 10)).Ids);
        await HealthyAsync(1);
    }

    [Fact]
    public async Task Round_AgentThatEveryScheduleLost_IsFound()
    {
        await _fleet.CrashAsync(FailureReason.Crashed);
        await _fleet.RunAsync(TimeSpan.FromSeconds(2));
        await _fleet.CrashAsync(FailureReason.Crashed);
        await _fleet.RunAsync(TimeSpan.FromSeconds(0.5));
        Assert.Equal(AgentStatus.BackingOff, (await _fleet.Records.LoadAsync(Id)).State.Value!.Status);
        await _fleet.Records.Database.KeyDeleteAsync([_fleet.Records.Keys.Restarts, _fleet.Records.Keys.Looks]);

        await _fleet.RunAsync(TimeSpan.FromSeconds(30));

        await HealthyAsync(3);
    }

    [Fact]
    public async Task Round_StateThatIsGone_IsMadeAgain()
    {
        await _fleet.Records.Database.HashDeleteAsync(_fleet.Records.Keys.States, Id.Value);

        await _fleet.RunAsync(TimeSpan.FromSeconds(30));

        await HealthyAsync(1);
        Assert.Equal("rebuilt", (await _fleet.Records.Store.ActionsAsync(0, Id, 10)).Single(a => a.Action is ActionKind.Repaired).Reason);
    }

    [Fact]
    public async Task Round_StoreClockSetBackADay_AnAgentThatWaitsIsStartedAfterItsWait()
    {
        await _fleet.CrashAsync(FailureReason.Crashed);
        await _fleet.RunAsync(TimeSpan.FromSeconds(2));
        await _fleet.CrashAsync(FailureReason.Crashed);
        await _fleet.RunAsync(TimeSpan.FromSeconds(0.5));
        Assert.Equal(AgentStatus.BackingOff, (await _fleet.Records.LoadAsync(Id)).State.Value!.Status);

        _fleet.SetClockBack(TimeSpan.FromDays(1));
        await _fleet.RunAsync(TimeSpan.FromSeconds(40));

        await HealthyAsync(3);
    }

    [Fact]
    public async Task Round_StoreClockSetBackADay_AnAgentThatBeatsIsLeftAlone()
    {
        _fleet.SetClockBack(TimeSpan.FromDays(1));
        await _fleet.RunAsync(TimeSpan.FromSeconds(40));

        await HealthyAsync(1);
        Assert.DoesNotContain(await _fleet.Records.Store.ActionsAsync(0, Id, 10), a => a.Action is ActionKind.Failed or ActionKind.Repaired);
    }

    [Fact]
    public async Task Round_StoreClockSetBackADay_AnAgentThatHangsIsFound()
    {
        _fleet.Die();
        _fleet.SetClockBack(TimeSpan.FromDays(1));
        await _fleet.RunAsync(TimeSpan.FromSeconds(60));

        await HealthyAsync(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Round_PauseWithAnEnd_IsResumedThenByWhicheverSupervisor(bool hasLostItsPlace)
    {
        await _fleet.OrderAsync(new AgentCommand(CommandKind.Pause, "boris", "upgrade", TimeSpan.FromSeconds(20)));
        var until = _fleet.Records.Clock.Now.AddSeconds(20);
        Assert.Equal(until, (await _fleet.Records.Store.DueAsync(0, _fleet.Records.Clock.Now, 10)).NextAt);
        if (hasLostItsPlace)
        {
            await _fleet.Records.Database.KeyDeleteAsync(_fleet.Records.Keys.Looks);
        }

        await _fleet.RunAsync(TimeSpan.FromSeconds(10));
        _fleet.ReplaceSupervisor();
        await _fleet.RunAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(AgentStatus.Paused, (await _fleet.Records.LoadAsync(Id)).State.Value!.Status);
        await _fleet.RunAsync(TimeSpan.FromSeconds(hasLostItsPlace ? 20 : 2));
        await HealthyAsync(2);
        var resumed = (await _fleet.Records.Store.ActionsAsync(0, Id, 10)).Single(a => a.Action is ActionKind.Resumed);
        Assert.Equal("pause-expired", resumed.Reason);
        Assert.Equal(hasLostItsPlace, resumed.At > until);
    }

    [Fact]
    public async Task Round_StoreClockSetBackADay_APauseLastsNoLongerThanItWasOrdered()
    {
        await _fleet.OrderAsync(new AgentCommand(CommandKind.Pause, "boris", null, TimeSpan.FromSeconds(20)));
        await _fleet.RunAsync(TimeSpan.FromSeconds(5));

        _fleet.SetClockBack(TimeSpan.FromDays(1));
        await _fleet.RunAsync(TimeSpan.FromSeconds(60));

        await HealthyAsync(2);
    }

    private async Task HealthyAsync(long incarnation)
    {
        var state = (await _fleet.Records.LoadAsync(Id)).State.Value!;
        Assert.Equal((AgentStatus.Healthy, incarnation), (state.Status, state.Incarnation));
        Assert.Equal([incarnation], _fleet.LiveBodies);
    }
}

public sealed class GarnetSupervisionTests(GarnetStore store) : SupervisionContract(store);

public sealed class RedisSupervisionTests(RedisStore store) : SupervisionContract(store);
