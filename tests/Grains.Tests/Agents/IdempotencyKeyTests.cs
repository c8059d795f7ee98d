using OrleansHealing.Supervision;
using OrleansHealing.Tests.Agents.BuiltIn;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Agents;

public sealed class IdempotencyKeyTests
{
    [Fact]
    public void IdempotencyKey_OfAStep_IsTheSameInEveryIncarnation()
    {
        var first = SupervisorDecision.Spawn(Given.Definition, Given.Policy, "anna", 6, Given.At(Given.Now)).Next!;
        var snapshot = Given.Alive(first with { Status = AgentStatus.Healthy }).Told(FailureReason.Crashed);

        var second = SupervisorDecision.Judge(snapshot, Given.Policy, Given.At(Given.Now))!.Next!;

        Assert.Equal((7, 7), (first.Incarnation, first.FirstIncarnation));
        Assert.Equal((8, 7), (second.Incarnation, second.FirstIncarnation));
        Assert.Equal("reader/1/invoice-4711", new FakeAgentContext("{}", new MemoryCheckpoints(), TimeProvider.System).IdempotencyKey("invoice-4711"));
    }

    [Fact]
    public void Spawn_OfARemovedName_HasOtherKeys()
    {
        var first = SupervisorDecision.Spawn(Given.Definition, Given.Policy, "anna", 0, Given.At(Given.Now)).Next!;
        var again = SupervisorDecision.Spawn(Given.Definition, Given.Policy, "anna", 5, Given.At(Given.Now)).Next!;

        Assert.NotEqual(first.FirstIncarnation, again.FirstIncarnation);
    }
}
