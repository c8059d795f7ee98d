using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Most of a fleet falls silent at once and no silo died: the supervisor distrusts itself first, and then goes slowly.</summary>
public abstract class MassSilenceContract(StoreServer server)
{
    private const int Agents = 20;

    [Fact]
    public async Task Round_TurnsTakenBeforeTheClockWentBack_HoldNobodyUnderTheSupervisorAfterTheNextEither()
    {
        await using var records = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        records.Clock.Observe(Given.Now, records.Clock.Monotonic, records.Clock.Monotonic);
        await records.Store.NoteRoundAsync(
            0, await records.Store.BeginTermAsync(0), new LastRound(Given.Now.AddMinutes(20), null, Given.Host, Given.Now.AddMinutes(21)));

        for (var supervisor = 0; supervisor < 2; supervisor++)
        {
            var judge = records.CreateJudge(new StartedAgents(), new TestSilos());
            await judge.RoundAsync(1000);

            Assert.Equal(TimeSpan.Zero, judge.RestartWait);
        }
    }

    [Fact]
    public async Task Nudge_OfManyAsTheFirstThatASupervisorHears_KeepsWhatTheOneBeforeLeft()
    {
        await using var records = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        records.Clock.Observe(Given.Now, records.Clock.Monotonic, records.Clock.Monotonic);
        await records.Store.NoteRoundAsync(
            0, await records.Store.BeginTermAsync(0), new LastRound(Given.Now.AddMinutes(-10), null, Given.Host, Given.Now.AddSeconds(30)));
        var judge = records.CreateJudge(new StartedAgents(), new TestSilos());
        records.Time.Advance(TimeSpan.FromSeconds(6));

        // More than are judged at a time, so that it is noted in between that it is at work.
        await judge.NudgeAsync([.. Enumerable.Range(0, 250).Select(i => AgentId.Parse($"nobody-{i}"))]);
        await judge.RoundAsync(1000);
        Assert.Equal("nobody judged for 606 s", judge.Hearing.Hold);
        Assert.NotEqual(TimeSpan.Zero, judge.RestartWait);
    }

    [Fact]
    public async Task Round_MostOfTheFleetSilentAtOnce_WaitsOneTimeoutMoreAndThenRestartsSlowly()
    {
        await using var records = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        records.Options.ActionsKept = 1000;
        records.Clock.Observe(Given.Now, records.Clock.Monotonic, records.Clock.Monotonic);
        var orders = new StartedAgents();
        var judge = records.CreateJudge(orders, new TestSilos());
        var ids = Enumerable.Range(0, Agents).Select(i => AgentId.Parse($"agent-{i:00}")).ToList();
        foreach (var id in ids)
        {
            await records.SpawnAsync(id);
        }

        await judge.RoundAsync(1000);
        await judge.NudgeAsync(ids);
        Assert.Equal(Agents, (await records.Store.CountAsync(0))[AgentStatus.Healthy]);
        records.Time.Advance(TimeSpan.FromSeconds(11));

        await judge.RoundAsync(1000);
        const string Why = "20 of 20 agents fell silent at once, and no silo died";
        Assert.Equal(($"panic guard: {Why}", Why), (judge.Hearing.Hold, judge.Panic));
        Assert.Equal(
            [(ActionKind.HoldBegan, "panic-guard"), (ActionKind.PanicBegan, "panic-guard")],
            (await records.Store.ActionsAsync(0, null, 2)).Select(a => (a.Action, a.Reason)));
        records.Time.Advance(TimeSpan.FromSeconds(4.9));
        await judge.RoundAsync(1000);
        Assert.Empty(orders.Started);

        records.Time.Advance(TimeSpan.FromSeconds(0.2));
        await judge.RoundAsync(1000);
        Assert.Single(orders.Started);
        var waiting = await records.LoadAsync(AgentId.Parse("agent-19"));
        Assert.Equal((AgentStatus.BackingOff, true), (waiting.State.Value!.Status, waiting.State.Value.HasTurn));

        records.Time.Advance(TimeSpan.FromSeconds(2));
        await judge.RoundAsync(1000);
        Assert.InRange(orders.Started.Count, 10, 12);
        Assert.InRange(judge.RestartWait, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5));
        records.Time.Advance(TimeSpan.FromSeconds(2));
        await judge.RoundAsync(1000);
        Assert.Equal(Agents, orders.Started.Distinct().Count());
        Assert.DoesNotContain(await ForAllAsync(records), a => a is ActionKind.PanicEnded);

        records.Time.Advance(TimeSpan.FromSeconds(11));
        await judge.RoundAsync(1000);
        Assert.Null(judge.Panic);
        Assert.Equal([ActionKind.PanicBegan, ActionKind.HoldBegan, ActionKind.HoldEnded, ActionKind.PanicEnded], await ForAllAsync(records));
    }

    [Fact]
    public async Task Round_MostOfTheFleetSilentAtOnceWithDeadlinesApart_WaitsFromTheFirstOneOn()
    {
        await using var records = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        records.Clock.Observe(Given.Now, records.Clock.Monotonic, records.Clock.Monotonic);
        var orders = new StartedAgents();
        var judge = records.CreateJudge(orders, new TestSilos());
        var ids = Enumerable.Range(0, Agents).Select(i => AgentId.Parse($"agent-{i:00}")).ToList();
        foreach (var id in ids)
        {
            await records.SpawnAsync(id);
        }

        await judge.NudgeAsync(ids);
        for (var i = 0; i < Agents; i++)
        {
            // Each beat at its own moment within the last heartbeat.
            Assert.True(await records.BeatAsync(ids[i], 1, records.Clock.Now.AddSeconds(4 + (i / (double)Agents))));
        }

        records.Time.Advance(TimeSpan.FromSeconds(3.9));
        await judge.RoundAsync(1000);
        records.Time.Advance(TimeSpan.FromSeconds(0.12));
        await judge.RoundAsync(1000);

        Assert.Equal($"panic guard: {Agents} of {Agents} agents fell silent at once, and no silo died", judge.Hearing.Hold);
        records.Time.Advance(TimeSpan.FromSeconds(4.8));
        await judge.RoundAsync(1000);
        Assert.Empty(orders.Started);
    }

    [Fact]
    public async Task Round_ThoseThatAreHeldFillAPage_WhoStandsBehindThemIsJudged()
    {
        await using var records = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        records.Clock.Observe(Given.Now, records.Clock.Monotonic, records.Clock.Monotonic);
        var orders = new StartedAgents();
        var judge = records.CreateJudge(orders, new TestSilos());
        await judge.RoundAsync(2);

        // Silence of an agent with a long timeout proves nothing until it could be heard for that long.
        var slow = Enumerable.Range(0, 4).Select(i => AgentId.Parse($"slow-{i}")).ToList();
        foreach (var id in slow)
        {
            var definition = new AgentDefinition { Id = id, Kind = "test", Policy = new PolicySettings { TimeoutSeconds = 600 } };
            var spawned = Given.Decided(DecisionInputs.OfSpawn(definition, Given.Policy, "anna", 0, Given.At(Given.Now)))!;
            Assert.Equal(CommitOutcome.Done, await records.CommitAsync(await records.LoadAsync(id), spawned, definition));
            Assert.True(await records.ClaimAsync(id, 1));
        }

        await judge.NudgeAsync(slow);
        records.Time.Advance(TimeSpan.FromSeconds(1));
        await records.SpawnAsync(AgentId.Parse("quick"));
        await judge.NudgeAsync([AgentId.Parse("quick")]);
        Assert.True(await records.BeatAsync(AgentId.Parse("quick"), 1, records.Clock.Now.AddSeconds(5)));
        records.Time.Advance(TimeSpan.FromSeconds(10));

        for (var round = 0; round < 4; round++)
        {
            await judge.RoundAsync(2);
        }

        Assert.Equal("quick", Assert.Single(orders.Started).Value);
    }

    [Fact]
    public async Task Round_HoldThatAPredecessorBegan_IsEndedByItsSuccessor()
    {
        await using var records = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        records.Clock.Observe(Given.Now, records.Clock.Monotonic, records.Clock.Monotonic);
        var before = records.CreateJudge(new StartedAgents(), new TestSilos());
        await before.RoundAsync(1000);
        records.Clock.Observe(Given.Now.AddDays(1), records.Clock.Monotonic, records.Clock.Monotonic);
        await before.RoundAsync(1000);

        var after = records.CreateJudge(new StartedAgents(), new TestSilos());
        await after.RoundAsync(1000);
        Assert.Equal([ActionKind.HoldBegan], await ForAllAsync(records));
        records.Time.Advance(TimeSpan.FromSeconds(5.1));
        await after.RoundAsync(1000);
        await after.RoundAsync(1000);

        Assert.Equal([ActionKind.HoldBegan, ActionKind.HoldEnded], await ForAllAsync(records));
    }

    [Fact]
    public async Task Round_PanicThatAPredecessorWasIn_GoesOnAndEndsUnderItsSuccessor()
    {
        await using var records = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        records.Options.ActionsKept = 1000;
        records.Clock.Observe(Given.Now, records.Clock.Monotonic, records.Clock.Monotonic);
        var before = records.CreateJudge(new StartedAgents(), new TestSilos());
        foreach (var i in Enumerable.Range(0, Agents))
        {
            await records.SpawnAsync(AgentId.Parse($"agent-{i:00}"));
        }

        await before.RoundAsync(1000);
        records.Time.Advance(TimeSpan.FromSeconds(16));
        await before.RoundAsync(1000);
        Assert.NotNull(before.Panic);

        var orders = new StartedAgents();
        var after = records.CreateJudge(orders, new TestSilos());
        await after.RoundAsync(1000);
        Assert.Contains("a supervisor before this one saw it", after.Panic, StringComparison.Ordinal);
        records.Time.Advance(TimeSpan.FromSeconds(5.1));
        await after.RoundAsync(1000);
        Assert.Single(orders.Started);
        while (orders.Started.Distinct().Count() < Agents)
        {
            records.Time.Advance(TimeSpan.FromSeconds(1));
            await after.RoundAsync(1000);
        }

        records.Time.Advance(TimeSpan.FromSeconds(11));
        await after.RoundAsync(1000);
        Assert.Null(after.Panic);
        Assert.Equal([ActionKind.PanicBegan, ActionKind.HoldBegan, ActionKind.HoldEnded, ActionKind.PanicEnded], await ForAllAsync(records));
    }

    private static async Task<IEnumerable<ActionKind>> ForAllAsync(TestStore records) =>
        (await records.Store.ActionsAsync(0, null, 1000)).Where(a => a.AgentId is null).Reverse().Select(a => a.Action);
}

public sealed class GarnetMassSilenceTests(GarnetStore store) : MassSilenceContract(store);

public sealed class RedisMassSilenceTests(RedisStore store) : MassSilenceContract(store);
