using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Agents that belong together are restarted together and in order, whichever supervisor looks.</summary>
public abstract class GroupContract(StoreServer server)
{
    private static readonly AgentId[] Ids = [.. Enumerable.Range(0, 4).Select(i => AgentId.Parse($"step-{i}"))];

    [Theory]
    [InlineData(GroupRestart.OneForAll, new[] { 0, 1, 2, 3 })]
    [InlineData(GroupRestart.RestForOne, new[] { 1, 2, 3 })]
    public async Task Round_MemberFails_TheGroupIsRestartedInOrder(GroupRestart restart, int[] expected)
    {
        await using var fleet = await SpawnAsync(restart);

        await fleet.FailAsync(Ids[1]);
        await fleet.RunAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(expected.Select(i => Ids[i]), fleet.Starts.Select(s => s.Id));
        for (var i = 0; i < Ids.Length; i++)
        {
            var state = await fleet.StateAsync(Ids[i]);
            Assert.Equal((AgentStatus.Healthy, expected.Contains(i) ? 2 : 1, i == 1 ? 1 : 0), (state.Status, state.Incarnation, state.ConsecutiveFailures));
        }
    }

    [Fact]
    public async Task Round_SupervisorDiesInTheMiddle_TheNextOneFinishesTheRestart()
    {
        await using var fleet = await SpawnAsync(GroupRestart.OneForAll);
        await fleet.FailAsync(Ids[2]);
        fleet.Began = (_, _) => fleet.ReplaceSupervisor();

        await fleet.RunAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(Ids, fleet.Starts.Select(s => s.Id));
        foreach (var id in Ids)
        {
            Assert.Equal((AgentStatus.Healthy, 2), ((await fleet.StateAsync(id)).Status, (await fleet.StateAsync(id)).Incarnation));
        }
    }

    [Fact]
    public async Task Round_SiloOfTheWholeGroupDies_TheyComeUpInOrder()
    {
        await using var fleet = await SpawnAsync(GroupRestart.RestForOne);
        fleet.Place = _ => "host-b";
        fleet.Kill("host-a");

        await fleet.RunAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(Ids, fleet.Starts.Select(s => s.Id));
        Assert.Equal(Ids.Length, fleet.Starts.Select(s => s.At).Distinct().Count());
    }

    [Fact]
    public async Task Round_MemberFailsTooOften_TheGroupIsQuarantinedAndReleasedWithIt()
    {
        await using var fleet = await SpawnAsync(GroupRestart.OneForAll, maxRestarts: 2);
        for (var i = 0; i < 3; i++)
        {
            await fleet.FailAsync(Ids[3]);
            await fleet.RunAsync(TimeSpan.FromSeconds(15));
        }

        foreach (var id in Ids)
        {
            Assert.Equal(AgentStatus.Quarantined, (await fleet.StateAsync(id)).Status);
        }

        Assert.Equal(["group-limit", "group"], new[] { (await fleet.ActionsAsync(Ids[3]))[0].Reason, (await fleet.ActionsAsync(Ids[0]))[0].Reason });
        Assert.Equal(CommandOutcome.Ok, (await fleet.OrderAsync(Ids[3], CommandKind.Release)).Outcome);
        await fleet.RunAsync(TimeSpan.FromSeconds(15));

        foreach (var id in Ids)
        {
            Assert.Equal((AgentStatus.Healthy, 0), ((await fleet.StateAsync(id)).Status, (await fleet.StateAsync(id)).ConsecutiveFailures));
        }
    }

    [Fact]
    public async Task Spawn_SeveralAtOnce_AreTakenOnAsIfOneAfterTheOther()
    {
        await using var fleet = await JudgedFleet.OpenAsync(server);
        var (first, second, odd, single) = (AgentId.Parse("first"), AgentId.Parse("second"), AgentId.Parse("odd"), AgentId.Parse("single"));

        var answers = await fleet.TrySpawnAsync(
            Define(first, GroupRestart.OneForAll, 2, null),
            new AgentDefinition { Id = single, Kind = "test" },
            Define(odd, GroupRestart.RestForOne, 9, null),
            Define(second, GroupRestart.OneForAll, 2, null),
            new AgentDefinition { Id = single, Kind = "test", Labels = new Dictionary<string, string> { ["again"] = "yes" } });

        Assert.Equal(
            [CommandOutcome.Ok, CommandOutcome.Ok, CommandOutcome.Conflict, CommandOutcome.Ok, CommandOutcome.Conflict], answers.Select(a => a.Outcome));
        Assert.Contains("Agent 'first' says otherwise of group", answers[2].Message, StringComparison.Ordinal);
        Assert.Equal("There is an agent 'single' already.", answers[4].Message);
        await fleet.RunAsync(TimeSpan.FromSeconds(2));
        Assert.Equal([first, second, single], fleet.Starts.Select(s => s.Id).Order());
    }

    [Fact]
    public async Task Spawn_IntoAGroupThatSaysOtherwise_IsRefused()
    {
        await using var fleet = await SpawnAsync(GroupRestart.OneForAll);

        var answer = await fleet.TrySpawnAsync(Define(AgentId.Parse("odd"), GroupRestart.RestForOne, 9, null));

        Assert.Equal(CommandOutcome.Conflict, answer.Outcome);
        Assert.EndsWith("all of a group must say the same of it.", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spawn_IntoAGroupThatWasRestartedBefore_RestartsNobody()
    {
        await using var fleet = await SpawnAsync(GroupRestart.OneForAll);
        await fleet.FailAsync(Ids[0]);
        await fleet.RunAsync(TimeSpan.FromSeconds(10));

        await fleet.SpawnAsync([AgentId.Parse("new")], id => Define(id, GroupRestart.OneForAll, 9, null));
        await fleet.RunAsync(TimeSpan.FromSeconds(5));

        Assert.Empty(fleet.Starts);
        Assert.Equal(2, (await fleet.StateAsync(Ids[1])).Incarnation);
    }

    [Fact]
    public async Task Remove_OfAMember_LeavesTheOthersAndItsGroup()
    {
        await using var fleet = await SpawnAsync(GroupRestart.OneForAll);
        await fleet.OrderAsync(Ids[0], CommandKind.Remove);

        await fleet.FailAsync(Ids[1]);
        await fleet.RunAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(Ids[1..], fleet.Starts.Select(s => s.Id));
    }

    private async Task<JudgedFleet> SpawnAsync(GroupRestart restart, int? maxRestarts = null)
    {
        var fleet = await JudgedFleet.OpenAsync(server);
        await fleet.SpawnAsync(Ids, id => Define(id, restart, Array.IndexOf(Ids, id), maxRestarts));
        return fleet;
    }

    private static AgentDefinition Define(AgentId id, GroupRestart restart, int order, int? maxRestarts) => new()
    {
        Id = id,
        Kind = "test",
        Group = new AgentGroup { Name = "pipe", Restart = restart, Order = order, MaxRestarts = maxRestarts },
    };
}

public sealed class GarnetGroupTests(GarnetStore store) : GroupContract(store);

public sealed class RedisGroupTests(RedisStore store) : GroupContract(store);
