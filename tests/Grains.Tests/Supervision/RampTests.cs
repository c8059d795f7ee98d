using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class RampTests
{
    private static readonly DateTimeOffset Now = Given.Now;
    private static readonly AgentId[] Ids = [.. Enumerable.Range(0, 40).Select(i => AgentId.Parse($"agent-{i}"))];

    private readonly Ramp _ramp = new(TimeSpan.FromSeconds(5), strikes => TimeSpan.FromSeconds(10 * strikes), TimeSpan.FromSeconds(20))
    {
        Step = TimeSpan.FromSeconds(2),
        Growth = 2,
    };

    [Fact]
    public void Enter_WhileTheFirstIsNotHealthyForTheProbation_HasToWait()
    {
        Assert.Null(_ramp.Enter(Ids[0], Now));
        Assert.Equal(Now.AddSeconds(5), _ramp.Enter(Ids[1], Now));

        _ramp.Recovered(Ids[0], Now.AddSeconds(1));

        Assert.Equal(Now.AddSeconds(6), _ramp.Enter(Ids[1], Now.AddSeconds(5.9)));
        Assert.Null(_ramp.Enter(Ids[1], Now.AddSeconds(6)));
    }

    [Fact]
    public void Enter_StepByStep_GrowsEachTime()
    {
        var (now, next) = (Now, 0);
        var steps = new List<int>();
        while (next < 31)
        {
            var first = next;
            while (next < Ids.Length && _ramp.Enter(Ids[next], now) is null)
            {
                next++;
            }

            steps.Add(next - first);
            foreach (var id in Ids[first..next])
            {
                _ramp.Recovered(id, now);
            }

            Assert.NotNull(_ramp.Enter(Ids[39], now + (first == 0 ? TimeSpan.FromSeconds(4.9) : TimeSpan.FromSeconds(1.9))));
            now += TimeSpan.FromSeconds(first == 0 ? 5 : 2);
        }

        Assert.Equal([1, 2, 4, 8, 16], steps);
    }

    [Fact]
    public void Failed_OfOneThatWasLetThrough_BeginsAgainWithOneAfterAWaitThatGrows()
    {
        Pass(Ids[0], Now);
        Assert.Null(_ramp.Enter(Ids[1], Now.AddSeconds(5)));
        Assert.Null(_ramp.Enter(Ids[2], Now.AddSeconds(5)));

        _ramp.Failed(Ids[1], Now.AddSeconds(6));

        Assert.Equal(Now.AddSeconds(16), _ramp.Enter(Ids[3], Now.AddSeconds(7)));
        Assert.Null(_ramp.Enter(Ids[3], Now.AddSeconds(16)));
        Assert.True(_ramp.IsAlone);
        Assert.NotNull(_ramp.Enter(Ids[4], Now.AddSeconds(16)));
        _ramp.Failed(Ids[3], Now.AddSeconds(17));
        Assert.Equal(Now.AddSeconds(37), _ramp.Enter(Ids[4], Now.AddSeconds(17)));
    }

    [Fact]
    public void Failed_OfOneThatWaits_ChangesNothing()
    {
        Pass(Ids[0], Now);

        _ramp.Failed(Ids[9], Now);

        Assert.Null(_ramp.Enter(Ids[1], Now.AddSeconds(5)));
        Assert.Null(_ramp.Enter(Ids[2], Now.AddSeconds(5)));
    }

    [Fact]
    public void Enter_AgainByOneThatWasLetThrough_IsLetThrough()
    {
        Assert.Null(_ramp.Enter(Ids[0], Now));
        Assert.Null(_ramp.Enter(Ids[0], Now.AddSeconds(1)));
    }

    [Fact]
    public void Enter_AfterOneThatWasNeverHeardOfAgain_DoesNotWaitForEver()
    {
        Assert.Null(_ramp.Enter(Ids[0], Now));

        Assert.NotNull(_ramp.Enter(Ids[1], Now.AddSeconds(19)));
        Assert.Null(_ramp.Enter(Ids[1], Now.AddSeconds(21)));
    }

    [Fact]
    public void Left_ByOneThatWasLetThrough_MakesRoom()
    {
        Assert.Null(_ramp.Enter(Ids[0], Now));

        _ramp.Left(Ids[0]);

        Assert.Null(_ramp.Enter(Ids[1], Now));
    }

    private void Pass(AgentId id, DateTimeOffset now)
    {
        Assert.Null(_ramp.Enter(id, now));
        _ramp.Recovered(id, now);
    }
}
