using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Fleet;

public sealed class WatchedFleetTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly WatchedFleet _fleet = new();

    [Fact]
    public void Take_TheSameAgain_IsNoChange()
    {
        Take("a");
        Assert.Equal("a", Assert.Single(_fleet.TakeChanges().Changed!).Id.Value);

        Take("a");
        Assert.Equal((null, null), _fleet.TakeChanges());

        Take("a", Given.State() with { Incarnation = 8, TotalRestarts = 7 });
        Assert.Equal(8, Assert.Single(_fleet.TakeChanges().Changed!).Incarnation);
    }

    [Fact]
    public void Take_OneThatIsGone_GivesItsPlaceToTheNextAfterItWasTold()
    {
        Take("a");
        Take("b");
        _fleet.TakeChanges();
        Gone("a");
        Take("c");
        var (changed, removed) = _fleet.TakeChanges();
        Take("d");

        Assert.Equal((2, 0), (Assert.Single(changed!).Index, Assert.Single(removed!)));
        Assert.Equal(0, Assert.Single(_fleet.TakeChanges().Changed!).Index);
        Gone("never-there");
        Assert.Equal((null, null), _fleet.TakeChanges());
        Assert.Equal(3, _fleet.Count);
    }

    [Theory]
    [InlineData(-0.1, 1)]
    [InlineData(0.0, 2)]
    [InlineData(2.5, 128)]
    [InlineData(5.0, 255)]
    [InlineData(300.0, 255)]
    public void Look_AtADeadline_IsAShareOfTheTimeout(double left, byte expected)
    {
        Take("a");

        var (fresh, _) = _fleet.Look([(AgentId.Parse("a"), Given.Incarnation, Given.Now.AddSeconds(left))], Given.Now);

        Assert.Equal([expected], fresh);
    }

    [Fact]
    public void Look_AtWhatDoesNotFit_DoubtsIt()
    {
        Take("late");
        Take("moved-on");
        Take("without");
        Take("well");

        var (fresh, doubtful) = _fleet.Look(
            [
                (AgentId.Parse("late"), Given.Incarnation, Given.Now.AddSeconds(-1)),
                (AgentId.Parse("moved-on"), Given.Incarnation + 1, Given.Now.AddSeconds(9)),
                (AgentId.Parse("unknown"), 1, Given.Now.AddSeconds(9)),
                (AgentId.Parse("well"), Given.Incarnation, Given.Now.AddSeconds(5)),
            ],
            Given.Now);

        Assert.Equal(["late", "moved-on", "unknown", "without"], doubtful.Select(id => id.Value).Distinct().Order());
        Assert.Equal([1, 0, 0, 255], fresh);
    }

    private void Take(string id, HealthState? state = null)
    {
        var snapshot = Given.Alive((state ?? Given.State()) with { AgentId = AgentId.Parse(id) }) with { Id = AgentId.Parse(id) };
        _fleet.Take(snapshot, AgentViews.ToView(snapshot, Given.Now, new Dictionary<string, string>()), Timeout);
    }

    private void Gone(string id)
    {
        var nothing = Given.Alive() with { Id = AgentId.Parse(id), State = default, Definition = default };
        _fleet.Take(nothing, AgentViews.ToView(nothing, Given.Now, new Dictionary<string, string>()), Timeout);
    }
}
