using System.Globalization;
using System.Threading.Channels;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Hosting;
using OrleansHealing.Tests.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>What supervisors and pages read, also of what nobody can have written.</summary>
public abstract partial class HeartbeatStoreContract
{
    [Fact]
    public async Task Due_MissedDeadlines_ComeEarliestFirstUpToTheLimit()
    {
        foreach (var (name, seconds) in new[] { ("c", 3), ("a", 1), ("b", 2), ("later", 60) })
        {
            await HealthyAsync(AgentId.Parse(name));
            await _fleet.BeatAsync(AgentId.Parse(name), 1, Now.AddSeconds(seconds));
        }

        var all = await Store.DueAsync(0, Now.AddSeconds(10), 10);
        Assert.Equal(["a", "b", "c"], all.Ids.Select(id => id.Value));
        Assert.Equal((Now.AddSeconds(60), false), (all.NextAt, all.HasMore));
        var some = await Store.DueAsync(0, Now.AddSeconds(10), 2);
        Assert.Equal(["a", "b"], some.Ids.Select(id => id.Value));
        Assert.True(some.HasMore);
        var rest = await Store.DueAsync(0, Now.AddSeconds(10), 2, skip: 2);
        Assert.Equal(["c"], rest.Ids.Select(id => id.Value));
        Assert.False(rest.HasMore);
        Assert.Equal(3, await Store.CountPastDeadlinesAsync(0, Now.AddSeconds(10)));
    }

    [Fact]
    public async Task Due_AnAgentForTwoReasons_ComesOnce()
    {
        await _fleet.SpawnAsync(A, claim: false);

        Assert.Equal([A], (await Store.DueAsync(0, Now.AddMinutes(1), 10)).Ids);
    }

    [Fact]
    public async Task Due_MembersThatAreNone_AreNamedAndCanBeSetAside()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.Database.SortedSetAddAsync(_fleet.Keys.Deadlines, [new("no member", 1), new("reader-1#x", 2)]);
        await _fleet.Database.SortedSetAddAsync(_fleet.Keys.Looks, "#", 1);

        var due = await Store.DueAsync(0, Now.AddMinutes(1), 10);
        Assert.Equal([A], due.Ids);
        Assert.Equal(["#", "no member", "reader-1#x"], due.Orphans.Order(StringComparer.Ordinal));
        foreach (var orphan in due.Orphans)
        {
            await Store.SetAsideAsync(0, orphan, "is no agent#incarnation");
        }

        Assert.Empty((await Store.DueAsync(0, Now.AddMinutes(1), 10)).Orphans);
        Assert.Equal(["reader-1#1"], await _fleet.MembersAsync());
        Assert.Equal(3, await _fleet.Database.HashLengthAsync(_fleet.Keys.Malformed));
    }

    [Fact]
    public async Task Due_ScoresThatAreNoTimes_DoNotThrow()
    {
        await _fleet.Database.SortedSetAddAsync(_fleet.Keys.Deadlines, [new("a#1", double.NegativeInfinity), new("b#1", double.PositiveInfinity), new("c#1", 1e300)]);

        Assert.Equal(["a"], (await Store.DueAsync(0, Now, 10)).Ids.Select(id => id.Value));
    }

    [Fact]
    public async Task Load_SeveralAgents_KeepsTheirOrderAndLeavesUnknownOnesEmpty()
    {
        await _fleet.SpawnAsync(A);
        var unknown = AgentId.Parse("nobody");
        await _fleet.SpawnAsync(B);

        var snapshots = await Store.LoadAsync(0, [B, unknown, A]);

        Assert.Equal([B, unknown, A], snapshots.Select(s => s.Id));
        Assert.Equal([true, false, true], snapshots.Select(s => s.State.Value is not null));
        Assert.Empty(await Store.LoadAsync(0, []));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("{}")]
    [InlineData("{\"v\":2,\"incarnation\":1}")]
    [InlineData("{\"v\":1,\"incarnation\":-1}")]
    public async Task Load_MalformedRecords_AreSaidToBeAndTheRestIsRead(string garbage)
    {
        await _fleet.SpawnAsync(A);
        await _fleet.SpawnAsync(B);
        foreach (var key in (RedisKey[])[_fleet.Keys.Definitions, _fleet.Keys.States, _fleet.Keys.Heartbeats, _fleet.Keys.Reports])
        {
            await _fleet.Database.HashSetAsync(key, A.Value, garbage);
        }

        var snapshots = await Store.LoadAsync(0, [A, B]);

        var broken = snapshots[0];
        Assert.True(broken.Definition.IsMalformed && broken.State.IsMalformed && broken.Heartbeat.IsMalformed && broken.Report.IsMalformed);
        Assert.Equal(garbage, broken.State.Text);
        Assert.NotNull(snapshots[1].State.Value);
        Assert.Equal(4, _fleet.Meters.MalformedSeen);
    }

    [Fact]
    public async Task Load_MalformedEntriesOfLists_AreLeftOut()
    {
        await _fleet.SpawnAsync(A);
        await SaveAsync(1, 1);
        await _fleet.Database.ListLeftPushAsync(_fleet.Keys.Actions, "garbage");
        await _fleet.Database.ListLeftPushAsync(_fleet.Keys.CheckpointsOf(A), "garbage");
        await _fleet.Database.HashSetAsync(_fleet.Keys.Silos, "S1", "garbage");

        Assert.Equal(ActionKind.Spawned, Assert.Single(await Store.ActionsAsync(0, null, 10)).Action);
        Assert.Equal([true, false], (await Store.LoadCheckpointsAsync(A, 10)).Select(c => c.IsMalformed));
        Assert.Empty(await Store.SilosAsync());
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData(null)]
    public async Task Commit_RebuildOfAStateThatCannotBeRead_GoesOnWithTheIncarnation(string? garbage)
    {
        await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Restart);

        // Bytes that are no UTF-8 do not survive being read as text.
        await _fleet.Database.HashSetAsync(_fleet.Keys.States, A.Value, garbage ?? (RedisValue)(byte[])[0x7b, 0xff, 0xfe, 0x00]);
        var broken = await _fleet.LoadAsync(A);

        Assert.Equal(2, await Store.FindIncarnationAsync(A));
        var rebuilt = SupervisorDecision.Rebuild(broken, 2, true, Given.Policy, Given.At(Now));
        Assert.Equal(CommitOutcome.Done, await _fleet.CommitAsync(broken, rebuilt));
        Assert.Equal((2L, Now.AddSeconds(15)), ((await _fleet.LoadAsync(A)).State.Value!.Incarnation, (await _fleet.LoadAsync(A)).Deadline));
        Assert.Equal(["reader-1#2"], await _fleet.MembersAsync());
    }

    [Fact]
    public async Task FindIncarnation_OfNamesThatBeginAlike_IsTheAgentsOwn()
    {
        await _fleet.Database.SortedSetAddAsync(
            _fleet.Keys.Deadlines, [new("reader-1#3", 1), new("reader-1#12", 2), new("reader-11#40", 3), new("reader-1#x", 4), new("xreader-1#50", 5)]);

        Assert.Equal(12, await Store.FindIncarnationAsync(A));
        Assert.Null(await Store.FindIncarnationAsync(B));
    }

    [Fact]
    public async Task Ids_PageByPage_ComeInOrdinalOrderEachOnce()
    {
        string[] names = ["b", "Z", "a-2", "a-10", "a"];
        foreach (var name in names)
        {
            await _fleet.SpawnAsync(AgentId.Parse(name), claim: false);
        }

        var seen = new List<string>();
        for (string? after = null; ; after = seen[^1])
        {
            var page = await Store.IdsAsync(0, AgentStatus.Starting, after, 2);
            Assert.InRange(page.Count, 0, 2);
            if (page.Count == 0)
            {
                break;
            }

            seen.AddRange(page.Select(id => id.Value));
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), seen);
    }

    [Fact]
    public async Task Count_ByStatus_FollowsEveryChange()
    {
        await HealthyAsync(A);
        await _fleet.SpawnAsync(B, claim: false);
        await _fleet.OrderAsync(A, CommandKind.Pause);

        var counts = await Store.CountAsync(0);

        Assert.Equal((1L, 1L, 2L), (counts[AgentStatus.Paused], counts[AgentStatus.Starting], counts.Values.Sum()));
        Assert.DoesNotContain(AgentStatus.Stale, counts.Keys);
    }

    [Fact]
    public async Task Hosts_WithoutClaims_CanBeForgotten()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.OrderAsync(A, CommandKind.Restart);
        Assert.Equal([Given.Host], await Store.HostsAsync(0));

        await Store.ForgetHostAsync(0, Given.Host);

        Assert.Empty(await Store.HostsAsync(0));
    }

    [Fact]
    public async Task Silos_Registered_AreToldUntilForgotten()
    {
        var record = new SiloRecord { Name = "silo-1", Url = "http://localhost:8080", Pid = 7, Machine = "m", StartedAt = Now, ProcessStartedAt = Now, PidSpace = "boot/pid:[1]", ProcessStart = "42" };
        await Store.RegisterSiloAsync("S1", record);
        Assert.Equal(record, Assert.Single(await Store.SilosAsync()).Value);

        await Store.ForgetSiloAsync("S1");
        Assert.Empty(await Store.SilosAsync());
    }

    [Fact]
    public async Task Announce_WhileSomebodyListens_IsHeard()
    {
        var heard = Channel.CreateUnbounded<AgentId?>();
        IAsyncDisposable? subscription = null;

        // What is told comes by a connection of its own, which may be up a moment after the other.
        await HealingCluster.UntilAsync("a subscription", async () =>
        {
            try
            {
                subscription = await Store.SubscribeAsync(id => heard.Writer.TryWrite(id));
                return true;
            }
            catch (Exception e) when (StoreOutage.Is(e))
            {
                return false;
            }
        });
        await using var listening = subscription;

        Store.Announce(A);
        Store.Announce(null);

        var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;
        Assert.Equal(A, await heard.Reader.ReadAsync(patience));
        Assert.Null(await heard.Reader.ReadAsync(patience));
    }

    [Fact]
    public async Task Log_OfAllOfAPartition_IsAmongItsNewestActionsAndKeepsTheLimit()
    {
        const int kept = 5;
        for (var i = 0; i <= kept; i++)
        {
            await Store.LogAsync(0, 1, About(i));
        }

        var actions = await Store.ActionsAsync(0, null, kept + 10);
        Assert.Equal(kept, actions.Count);
        Assert.Equal(About(kept), actions[0]);
        Assert.Equal(About(1), actions[^1]);
    }

    [Fact]
    public async Task Actions_OlderThanOne_AreThoseBeforeItHoweverFarBack()
    {
        const int logged = 1_203;
        _fleet.Options.ActionsKept = logged - 2;
        for (var i = 0; i < logged; i++)
        {
            await Store.LogAsync(0, 1, About(i));
        }

        Assert.Equal([1_199, 1_198], await BeforeAsync(1_200, 2));
        Assert.Equal([102, 101, 100], await BeforeAsync(103, 3));
        Assert.Equal([3, 2], await BeforeAsync(4, 100));
        Assert.Empty(await BeforeAsync(2, 100));

        // Which has left the log.
        Assert.Empty(await BeforeAsync(1, 100));
        Assert.Equal(logged - 2, (await BeforeAsync(logged, 10_000)).Count());

        // One that cannot be read is no end of the log.
        await _fleet.Database.ListSetByIndexAsync(_fleet.Keys.Actions, 0, "{");
        Assert.Equal([1_201, 1_200], (await Store.ActionsAsync(0, null, 2)).Select(a => int.Parse(a.Id, CultureInfo.InvariantCulture)));

        async Task<IEnumerable<int>> BeforeAsync(int i, int limit) =>
            (await Store.ActionsAsync(0, null, limit, About(i).Id)).Select(a => int.Parse(a.Id, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task SynchronizeClock_Asked_IsTheStoresTime()
    {
        await Store.SynchronizeClockAsync();

        Assert.True(_fleet.Clock.IsSynchronized);
        Assert.InRange(_fleet.Clock.Now - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Partitions_OfOneFleet_DoNotMix()
    {
        await using var wide = await TestStore.OpenAsync(await server.ConnectionStringAsync(), partitions: 4);
        var ids = Enumerable.Range(0, 12).Select(i => AgentId.Parse($"agent-{i}")).ToArray();
        foreach (var id in ids)
        {
            await wide.SpawnAsync(id);
        }

        await wide.OrderAsync(ids[0], CommandKind.Remove);

        for (var partition = 0; partition < 4; partition++)
        {
            var expected = ids.Skip(1).Where(id => id.PartitionOf(4) == partition).Select(id => id.Value).Order(StringComparer.Ordinal);
            Assert.Equal(expected, (await wide.Store.IdsAsync(partition, AgentStatus.Starting, null, 100)).Select(id => id.Value));
            Assert.Equal(expected, (await wide.Store.DueAsync(partition, Now.AddHours(1), 100)).Ids.Select(id => id.Value).Order(StringComparer.Ordinal));
            Assert.Equal(partition == ids[0].PartitionOf(4) ? 1 : 0, await wide.Store.IncarnationFloorAsync(partition));
        }
    }

    [Fact]
    public async Task Settings_Asked_TellSomething() => Assert.NotEmpty(await Store.SettingsAsync());

    private static SupervisorAction About(int i) => Given.HoldBegan($"{i:0000}");
}
