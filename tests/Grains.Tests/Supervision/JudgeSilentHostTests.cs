using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>A silo on which agents have timeouts of their own: whether it fell silent is judged by each one's, not by the shortest.</summary>
public sealed class JudgeSilentHostTests
{
    private static readonly AgentId Quick = AgentId.Parse("quick");

    [Theory]
    [InlineData(60, 29, FailureReason.SiloLost)] // 31 of 60 s unheard: as silent as the quick one
    [InlineData(60, 31, FailureReason.Silent)] // 29 of 60 s unheard: it may well live
    [InlineData(600, 299, FailureReason.SiloLost)]
    [InlineData(600, 599, FailureReason.Silent)] // heard a second ago
    public async Task Round_QuickOneMissedItsDeadline_TheSlowOneOfItsSiloSaysWhetherThatIsLost(double timeout, double deadlineIn, FailureReason reason)
    {
        using var fleet = new StubbedFleet();
        fleet.Add(Agent(Quick, timeout: 5, deadlineIn: -0.01));
        fleet.Add(Agent(AgentId.Parse("slow"), timeout, deadlineIn), isDue: false);

        await fleet.Judge.RoundAsync(1000);

        Assert.Equal(new Dictionary<AgentId, FailureReason> { [Quick] = reason }, fleet.Failures);
        Assert.Equal(reason is FailureReason.SiloLost ? [Given.Host] : [], fleet.Buried);
    }

    [Theory]
    [InlineData(20, FailureReason.SiloLost)]
    [InlineData(21, FailureReason.Silent)] // more than are looked at one by one
    public async Task Round_ManySlowOnesOnTheSilo_AreLookedAtUpToALimit(int slow, FailureReason reason)
    {
        using var fleet = new StubbedFleet();
        fleet.Add(Agent(Quick, timeout: 5, deadlineIn: -0.01));
        for (var i = 0; i < slow; i++)
        {
            fleet.Add(Agent(AgentId.Parse($"slow-{i}"), timeout: 60, deadlineIn: 10), isDue: false);
        }

        await fleet.Judge.RoundAsync(1000);

        Assert.Equal(reason, fleet.Failures[Quick]);
    }

    private static AgentSnapshot Agent(AgentId id, double timeout, double deadlineIn) => Given.Alive(Given.State() with { AgentId = id }) with
    {
        Id = id,
        Definition = Given.Stored(Given.Definition with { Id = id, Policy = new PolicySettings { TimeoutSeconds = timeout } }),
        Deadline = Given.Now.AddSeconds(deadlineIn),
    };
}
