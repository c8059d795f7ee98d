using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Agents that fail together: they do not run into the same wall together, and one that kills silos does not kill them all.</summary>
public abstract class SharedFailureContract(StoreServer server)
{
    private static readonly AgentId[] Ids = [.. Enumerable.Range(0, 12).Select(i => AgentId.Parse($"agent-{i:00}"))];

    [Fact]
    public async Task Round_ManyFailForOneCause_OneIsTriedFirstAndTheOthersFollow()
    {
        await using var fleet = await JudgedFleet.OpenAsync(server);
        await fleet.SpawnAsync(Ids);
        await FailAllAsync(fleet, Ids);
        var failedAt = fleet.Now;

        await fleet.RunAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(Ids, fleet.Starts.Select(s => s.Id).Order());
        var after = fleet.Starts.Select(s => (s.At - failedAt).TotalSeconds).ToList();
        Assert.Equal([true, false, false], new[] { after[0], after[1], after[4] }.Select(s => s < 5));
        Assert.True(after[5] > after[4], $"The sixth is to follow after the first five; they were started after {string.Join(", ", after)} s");
        Assert.All(await StatesAsync(fleet, Ids), s => Assert.Equal((AgentStatus.Healthy, 1, 2), (s.Status, s.ConsecutiveFailures, s.Incarnation)));
    }

    [Fact]
    public async Task Round_TheOneThatIsTriedFailsAgain_NobodyElseIsStarted()
    {
        await using var fleet = await JudgedFleet.OpenAsync(server);
        await fleet.SpawnAsync(Ids);
        await FailAllAsync(fleet, Ids);
        await fleet.RunAsync(TimeSpan.FromSeconds(2));
        var canary = Assert.Single(fleet.Starts).Id;
        fleet.ReplaceSupervisor();

        await fleet.FailAsync(canary);
        await fleet.RunAsync(TimeSpan.FromSeconds(3.5));

        // The new supervisor tries one of those that wait; the first canary waits for its own backoff.
        Assert.InRange(fleet.Starts.Count, 1, 2);
        Assert.Equal(2, (await fleet.StateAsync(canary)).ConsecutiveFailures);
        Assert.All(await StatesAsync(fleet, [.. Ids.Where(i => i != canary)]), s => Assert.Equal(1, s.ConsecutiveFailures));
    }

    [Fact]
    public async Task Round_TenToldToWaitForTheSame_ComeBackAfterItAndNotInLockstep()
    {
        await using var fleet = await JudgedFleet.OpenAsync(server);
        await fleet.SpawnAsync(Ids[..10]);
        for (var i = 0; i < 10; i++)
        {
            await fleet.FailAsync(Ids[i], FailureReason.ToldToWait, retryAfter: 10 + (2 * i), resource: "account-1");
        }

        var toldAt = fleet.Now;
        await fleet.RunAsync(TimeSpan.FromSeconds(40));

        var after = fleet.Starts.Select(s => (s.At - toldAt).TotalSeconds).ToList();
        Assert.Equal(10, after.Count);
        Assert.All(after, s => Assert.InRange(s, 28, 33));
        Assert.True(after.Distinct().Count() >= 4, $"They came back after {string.Join(", ", after)} s");
        Assert.All(await StatesAsync(fleet, Ids[..10]), s => Assert.Equal((AgentStatus.Healthy, 0), (s.Status, s.ConsecutiveFailures)));
    }

    [Fact]
    public async Task Round_AgentThatKillsItsSilos_IsTriedAloneLastAndThenQuarantined()
    {
        await using var fleet = await JudgedFleet.OpenAsync(server);
        var poison = Ids[1];
        var hosts = new[] { "host-a", "host-b", "host-c", "host-d" };
        var living = 0;
        fleet.Place = id => hosts[living];
        await fleet.SpawnAsync(Ids[..3]);
        fleet.Place = id => hosts[Array.IndexOf(Ids, id) < 3 ? living : 3];
        await fleet.SpawnAsync(Ids[3..6]);
        fleet.Kill(hosts[living++]);
        fleet.Began = (id, host) =>
        {
            if (id == poison)
            {
                fleet.Kill(host);
                living = Math.Min(living + 1, 3);
            }
        };

        await fleet.RunAsync(TimeSpan.FromSeconds(30));

        var states = await StatesAsync(fleet, Ids[..6]);
        Assert.Equal([poison], states.Where(s => s.Status is AgentStatus.Quarantined).Select(s => s.AgentId));
        Assert.Equal("poison", (await fleet.ActionsAsync(poison))[0].Reason);
        Assert.All(states.Where(s => s.AgentId != poison), s => Assert.Equal(AgentStatus.Healthy, s.Status));
        Assert.All(states[3..], s => Assert.Equal(1, s.Incarnation));
        Assert.Equal(3, fleet.Starts.Count(s => s.Id == poison) + 1);
    }

    private static async Task FailAllAsync(JudgedFleet fleet, IEnumerable<AgentId> ids)
    {
        foreach (var id in ids)
        {
            await fleet.FailAsync(id);
        }
    }

    private static async Task<HealthState[]> StatesAsync(JudgedFleet fleet, AgentId[] ids)
    {
        var states = new List<HealthState>();
        foreach (var id in ids)
        {
            states.Add(await fleet.StateAsync(id));
        }

        return [.. states];
    }
}

public sealed class GarnetSharedFailureTests(GarnetStore store) : SharedFailureContract(store);

public sealed class RedisSharedFailureTests(RedisStore store) : SharedFailureContract(store);
