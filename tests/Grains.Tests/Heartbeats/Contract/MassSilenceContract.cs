using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Most of a fleet falls silent at once and no silo died: the supervisor distrusts itself first, and then goes slowly.</summary>
public abstract class MassSilenceContract(StoreServer server)
{
    private const int Agents = 20;

    [Fact]
    public async Task Round_MostOfTheFleetSilentAtOnce_WaitsOneTimeoutMoreAndThenRestartsSlowly()
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

        await judge.RoundAsync(1000);
        await judge.NudgeAsync(ids);
        Assert.Equal(Agents, (await records.Store.CountAsync(0))[AgentStatus.Healthy]);
        records.Time.Advance(TimeSpan.FromSeconds(11));

        await judge.RoundAsync(1000);
        Assert.Equal($"panic guard: {Agents} of {Agents} agents fell silent at once, and no silo died", judge.Hearing.Hold);
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
        records.Time.Advance(TimeSpan.FromSeconds(2));
        await judge.RoundAsync(1000);
        Assert.Equal(Agents, orders.Started.Distinct().Count());
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
}

public sealed class GarnetMassSilenceTests(GarnetStore store) : MassSilenceContract(store);

public sealed class RedisMassSilenceTests(RedisStore store) : MassSilenceContract(store);
