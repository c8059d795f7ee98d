using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Silo.Demo;

/// <summary>The demo goes on for as long as somebody may watch, and touches nobody else's agents.</summary>
public sealed class DemoKeeperTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private readonly FakeFleet _fleet = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Begin_EmptyStore_SpawnsTheFleet()
    {
        await KeeperOf("reader", "doomed").TendAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["spawn reader", "spawn doomed"], _fleet.Orders);
    }

    [Fact]
    public async Task Begin_AgentsOfARunBefore_AreSpawnedAnewWhereTheyEnded()
    {
        _fleet.Put("read", AgentStatus.Completed, 3);
        _fleet.Put("doomed", AgentStatus.Quarantined, 9);
        _fleet.Put("going", AgentStatus.Healthy, 2);
        _fleet.Put("resting", AgentStatus.Paused, 2);

        await KeeperOf("read", "doomed", "going", "resting").TendAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            ["remove read", "spawn read", "remove doomed", "spawn doomed", "refuse going", "refuse resting"], _fleet.Orders);
    }

    [Fact]
    public async Task Begin_AgentOfACopyElsewhere_IsSpawnedAnewUnlessItIsSomebodyElses()
    {
        _fleet.Settings = AgentSettings.Parse("""{"path":"/old/README.md"}""");
        _fleet.Put("reader", AgentStatus.Healthy, 3);
        _fleet.Put("other", AgentStatus.Healthy, 3, label: "undemo");

        await KeeperOf("reader", "other").TendAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["remove reader", "spawn reader", "refuse other"], _fleet.Orders);
    }

    [Fact]
    public async Task Begin_AgentOfTheSameNameWithoutTheLabel_IsLeftAlone()
    {
        _fleet.Put("reader", AgentStatus.Completed, 1, label: "undemo");

        await KeeperOf("reader").TendAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["refuse reader"], _fleet.Orders);
    }

    [Fact]
    public async Task Look_ReaderCompletedForHalfAMinute_StartsOver()
    {
        var keeper = await BegunAsync("reader");
        _fleet.Put("reader", AgentStatus.Completed, 4);

        await LookAsync(keeper, TimeSpan.Zero);
        await LookAsync(keeper, DemoKeeper.Rest - Moment);
        Assert.Empty(_fleet.Orders);
        await LookAsync(keeper, Moment);

        Assert.Equal(["remove reader", "spawn reader"], _fleet.Orders);
        await LookAsync(keeper, DemoKeeper.Rest);
        Assert.Equal(2, _fleet.Orders.Count);
    }

    [Fact]
    public async Task Look_CompletedOnceMoreMeanwhile_RestsAnew()
    {
        var keeper = await BegunAsync("reader");
        _fleet.Put("reader", AgentStatus.Completed, 4);
        await LookAsync(keeper, TimeSpan.Zero);

        _fleet.Put("reader", AgentStatus.Completed, 5);
        await LookAsync(keeper, DemoKeeper.Rest);

        Assert.Empty(_fleet.Orders);
    }

    [Theory]
    [InlineData(AgentStatus.Quarantined)]
    [InlineData(AgentStatus.Paused)]
    [InlineData(AgentStatus.Healthy)]
    public async Task Look_WhateverElseIsNotAtItsEnd_IsLeftToThePerson(AgentStatus status)
    {
        var keeper = await BegunAsync("agent");
        _fleet.Put("agent", status, 4);

        await LookAsync(keeper, TimeSpan.Zero);
        await LookAsync(keeper, 2 * DemoKeeper.Rest);

        Assert.Empty(_fleet.Orders);
    }

    [Fact]
    public async Task Look_AgentThatAPersonRemoved_IsNotSpawnedAgain()
    {
        var keeper = await BegunAsync("agent");
        _fleet.Remove("agent");

        await LookAsync(keeper, DemoKeeper.Rest);

        Assert.Empty(_fleet.Orders);
    }

    [Fact]
    public async Task Tend_FleetOutOfReach_IsTriedAgain()
    {
        var keeper = KeeperOf("reader");
        _fleet.Failure = new TimeoutException("away");
        await keeper.TendAsync(TestContext.Current.CancellationToken);

        _fleet.Failure = null;
        await keeper.TendAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["spawn reader"], _fleet.Orders);
    }

    /// <summary>Four minutes each, at a pace that a checkpoint every few seconds fits.</summary>
    [Fact]
    public void Definitions_OfTheTexts_TakeFourMinutesEach()
    {
        var readers = DemoDefinitions.Of(DemoDefinitions.Texts).Where(d => d.Labels!["demo"] == "reader").ToList();

        Assert.Contains(readers, r => r.Id.Value == "reader-license");
        Assert.All(readers, reader =>
        {
            var lines = File.ReadLines(reader.Settings!.GetString("path")!).Count();
            Assert.InRange(lines / reader.Settings.GetDouble("linesPerSecond", 0), 235, 245);
        });
    }

    private async Task<DemoKeeper> BegunAsync(string id)
    {
        var keeper = KeeperOf(id);
        await keeper.TendAsync(TestContext.Current.CancellationToken);
        _fleet.Orders.Clear();
        return keeper;
    }

    private Task LookAsync(DemoKeeper keeper, TimeSpan later)
    {
        _time.Advance(later);
        return keeper.TendAsync(TestContext.Current.CancellationToken);
    }

    private DemoKeeper KeeperOf(params string[] ids) => new(
        _fleet,
        [.. ids.Select(id => new AgentDefinition { Id = AgentId.Parse(id), Kind = "test", Labels = new Dictionary<string, string> { ["demo"] = "reader" } })],
        _time,
        NullLogger.Instance);
}
