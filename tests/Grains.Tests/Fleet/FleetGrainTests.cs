using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Fleet;

/// <summary>What every entrance has in common is refused here, before a supervisor hears of it.</summary>
public sealed class FleetGrainTests
{
    private readonly FleetGrain _fleet = new(
        null!,
        null!,
        new AgentKinds([new AgentKind("test", null, [], new PolicySettings())], Options.Create(new HealingOptions())),
        Stub.Of<IHeartbeatStore>(),
        null!,
        null!,
        new SiloDrains(null!, null!, null!),
        new MaintenanceDesk(null!, null!, null!),
        null!,
        null!,
        null!,
        null!,
        null!,
        null!,
        TimeProvider.System);

    [Fact]
    public async Task Maintain_WithEverythingWrong_IsInvalidAndNamesEveryRule()
    {
        var labels = new Dictionary<string, string> { [""] = "x" };

        var result = await _fleet.MaintainAsync(new MaintenanceCommand(labels, "anna", new string('x', 501), TimeSpan.FromDays(366)));

        Assert.Equal(CommandOutcome.Invalid, result.Outcome);
        Assert.Equal(["labels", "reason", "forSeconds"], result.Faults.Select(f => f.Property));
    }

    [Fact]
    public async Task Drain_WithTooLongAReason_IsInvalidAndNamesTheRule()
    {
        var result = await _fleet.DrainAsync("silo-1", new DrainCommand("anna", new string('x', 501)));

        Assert.Equal([new Fault("reason", "must be at most 500 characters (it is 501)")], result.Faults);
    }

    [Fact]
    public async Task Command_WithTooLongAReason_IsInvalidAndNamesTheRule()
    {
        var result = await _fleet.CommandAsync(Given.Id, new AgentCommand(CommandKind.Pause, "anna", new string('x', 501)));

        Assert.Equal(CommandOutcome.Invalid, result.Outcome);
        Assert.Equal([new Fault("reason", "must be at most 500 characters (it is 501)")], result.Faults);
    }

    [Fact]
    public async Task Spawn_WithTooLongAKind_NamesTheRuleAndEveryOtherFault()
    {
        var kind = new string('k', 65);

        var result = await _fleet.SpawnAsync(
            new AgentDefinition { Id = Given.Id, Kind = kind, Policy = new PolicySettings { MaxRestarts = 0 } }, "anna");

        Assert.Equal(CommandOutcome.Invalid, result.Outcome);
        Assert.Equal(
            [new Fault("kind", "must be at most 64 characters (it is 65)"), new Fault("policy.maxRestarts", "must be 1 to 1,000,000 (it is 0)")],
            result.Faults);
        Assert.DoesNotContain(kind, result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(128, 128)]
    [InlineData(129, 128)]
    public void Actor_OfAnyLength_IsCutToTheMost(int length, int expected) =>
        Assert.Equal(expected, CommandRules.Actor(new string('a', length)).Length);
}
