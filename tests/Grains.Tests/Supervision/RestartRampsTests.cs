using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class RestartRampsTests
{
    private const string Cause = "poller Crashed IOException";
    private static readonly DateTimeOffset Now = Given.Now;
    private static readonly AgentId[] Ids = [.. Enumerable.Range(0, 20).Select(i => AgentId.Parse($"agent-{i}"))];

    private readonly RestartRamps _ramps = new(new HealingOptions { CanaryLeast = 4 });

    [Fact]
    public void Ask_FewFailedForOneCause_HoldsNobody()
    {
        FailAll(Ids[..3]);

        Assert.All(Ids[..3], id => Assert.Null(Ask(id)));
    }

    [Fact]
    public void Ask_ManyFailedForOneCause_LetsOneThroughFirst()
    {
        FailAll(Ids[..6]);

        Assert.Null(Ask(Ids[0]));
        Assert.All(Ids[1..6], id => Assert.Equal(RestartHold.Canary, Ask(id)!.Hold));
        Assert.Equal("6 agents are down for this cause, and one is tried first", Ask(Ids[1])!.Why);
    }

    [Fact]
    public void Ask_CanaryHealthyForTheProbation_LetsFourFollow()
    {
        FailAll(Ids[..7]);
        Assert.Null(Ask(Ids[0]));
        _ramps.Recovered(Ids[0], Now.AddSeconds(1));

        Assert.NotNull(Ask(Ids[1], Now.AddSeconds(5.9)));
        Assert.All(Ids[1..5], id => Assert.Null(Ask(id, Now.AddSeconds(6))));
        Assert.NotNull(Ask(Ids[5], Now.AddSeconds(6)));
    }

    [Fact]
    public void Ask_CanaryFailedForTheSameCause_HoldsEverybodyForItsBackoff()
    {
        FailAll(Ids[..6]);
        Assert.Null(Ask(Ids[0]));
        _ramps.Recovered(Ids[0], Now.AddSeconds(1));

        _ramps.Failed(Ids[0], Cause, false, Now.AddSeconds(2));

        Assert.InRange(Ask(Ids[1], Now.AddSeconds(3))!.LookAgainAt, Now.AddSeconds(7), Now.AddSeconds(8));
        Assert.Null(Ask(Ids[1], Now.AddSeconds(7)));
    }

    [Fact]
    public void Ask_CanaryFailedForAnotherCause_HasProvenNothing()
    {
        FailAll(Ids[..6]);
        Assert.Null(Ask(Ids[0]));
        _ramps.Recovered(Ids[0], Now.AddSeconds(1));

        _ramps.Failed(Ids[0], "poller Crashed FormatException", false, Now.AddSeconds(2));

        Assert.Null(Ask(Ids[1], Now.AddSeconds(7)));
        Assert.NotNull(Ask(Ids[2], Now.AddSeconds(7)));
    }

    [Fact]
    public void Ask_AllFailAgainForTheSameCause_BeginsWithOneAgain()
    {
        FailAll(Ids[..6]);
        Assert.Null(Ask(Ids[0]));
        _ramps.Recovered(Ids[0], Now.AddSeconds(1));
        Assert.All(Ids[1..5], id => Assert.Null(Ask(id, Now.AddSeconds(6))));
        foreach (var id in Ids[1..6])
        {
            _ramps.Recovered(id, Now.AddSeconds(7));
        }

        foreach (var id in Ids[10..16])
        {
            _ramps.Failed(id, Cause, false, Now.AddSeconds(20));
        }

        Assert.Null(Ask(Ids[10], Now.AddSeconds(20)));
        Assert.All(Ids[11..16], id => Assert.NotNull(Ask(id, Now.AddSeconds(20))));
    }

    [Fact]
    public void Ask_AgainSoManyDownWhileOneIsTried_WaitsForThatOne()
    {
        FailAll(Ids[..4]);
        Assert.Null(Ask(Ids[0]));
        _ramps.Recovered(Ids[0], Now.AddSeconds(1));

        _ramps.Failed(Ids[5], Cause, false, Now.AddSeconds(2));

        Assert.NotNull(Ask(Ids[5], Now.AddSeconds(2)));
    }

    [Fact]
    public void Ask_ForAnotherCause_IsNotHeld()
    {
        FailAll(Ids[..6]);
        Assert.Null(Ask(Ids[0]));
        _ramps.Failed(Ids[9], "poller Crashed FormatException", false, Now);

        Assert.Null(_ramps.Ask(State(Ids[9]), "poller Crashed FormatException", Now, 0).Gate);
    }

    [Fact]
    public void Ask_ThoseThatRecoveredOneAfterTheOther_AreNotDownTogether()
    {
        foreach (var id in Ids)
        {
            _ramps.Failed(id, Cause, false, Now);
            Assert.Null(Ask(id));
            _ramps.Recovered(id, Now);
        }
    }

    [Fact]
    public void Ask_OfOneThatASupervisorBeforeHeld_HoldsThemStill()
    {
        // This one knows of no failure; it sees what waits.
        Assert.Null(Ask(Ids[0], hold: RestartHold.Canary));
        Assert.NotNull(Ask(Ids[1], hold: RestartHold.Canary));
    }

    [Fact]
    public void Ask_TwoSilosLostInARow_IsTriedAloneAfterAllOthers()
    {
        var suspects = Ids[..3].Select(id => State(id) with { LastFailure = new(FailureReason.SiloLost, "died", Now), LostInARow = 2 }).ToArray();

        var first = _ramps.Ask(suspects[0], null, Now, 0);
        Assert.Equal((RestartHold.Trial, Now.AddSeconds(5)), (first.Gate!.Hold, first.Gate.LookAgainAt));

        Assert.Equal((null, true), _ramps.Ask(suspects[0], null, Now.AddSeconds(5), 0));
        Assert.NotNull(_ramps.Ask(suspects[1], null, Now.AddSeconds(5), 0).Gate);
        _ramps.Recovered(suspects[0].AgentId, Now.AddSeconds(6));
        Assert.Equal((null, true), _ramps.Ask(suspects[1], null, Now.AddSeconds(11), 0));
        Assert.NotNull(_ramps.Ask(suspects[2], null, Now.AddSeconds(11), 0).Gate);
    }

    [Fact]
    public void Ask_TooManySuspectsToTryOneByOne_OneAndThenFourAtATime()
    {
        var suspects = Ids[..9].Select(id => State(id) with { LastFailure = new(FailureReason.SiloLost, "died", Now), LostInARow = 2 }).ToArray();
        Assert.All(suspects, s => Assert.NotNull(_ramps.Ask(s, null, Now, 0).Gate));

        Assert.Equal((null, true), _ramps.Ask(suspects[0], null, Now.AddSeconds(5), 0));
        _ramps.Recovered(suspects[0].AgentId, Now.AddSeconds(5));

        Assert.All(suspects[1..5], s => Assert.Equal((null, false), _ramps.Ask(s, null, Now.AddSeconds(10), 0)));
        Assert.NotNull(_ramps.Ask(suspects[5], null, Now.AddSeconds(10), 0).Gate);
    }

    [Fact]
    public void Ask_OneSiloLost_IsNotHeld()
    {
        var lost = State(Ids[0]) with { LastFailure = new(FailureReason.SiloLost, "died", Now), LostInARow = 1 };

        Assert.Equal((null, false), _ramps.Ask(lost, null, Now, 0));
    }

    [Fact]
    public void Ask_WithCanariesOff_HoldsNobody()
    {
        var ramps = new RestartRamps(new HealingOptions { CanaryLeast = 0 });
        foreach (var id in Ids)
        {
            ramps.Failed(id, Cause, false, Now);
            Assert.Equal((null, false), ramps.Ask(State(id), Cause, Now, 0));
        }
    }

    private void FailAll(IEnumerable<AgentId> ids)
    {
        foreach (var id in ids)
        {
            _ramps.Failed(id, Cause, false, Now);
        }
    }

    private RestartGate? Ask(AgentId id, DateTimeOffset? now = null, RestartHold hold = RestartHold.None) =>
        _ramps.Ask(State(id) with { Hold = hold }, Cause, now ?? Now, 0).Gate;

    private static HealthState State(AgentId id) =>
        Given.State(AgentStatus.BackingOff, 1) with { AgentId = id, LastFailure = new(FailureReason.Crashed, "IOException: gone", Now) };
}
