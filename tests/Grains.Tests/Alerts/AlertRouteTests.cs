using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Alerts;

public sealed class AlertRouteTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Incident Doomed = IncidentRules.Raise(
        null,
        new Signal(AlertCondition.AgentQuarantined, "doomed", "Agent 'doomed' was given up on") { AgentId = AgentId.Parse("doomed"), Labels = new Dictionary<string, string> { ["team"] = "a", ["zone"] = "b" } },
        Now);

    [Theory]
    [InlineData(AlertSeverity.Warning, true)]
    [InlineData(AlertSeverity.Error, true)]
    [InlineData(AlertSeverity.Critical, false)]
    public void Takes_BySeverity_TakesTheLeastAndAllThatIsWorse(AlertSeverity least, bool expected) =>
        Assert.Equal(expected, new AlertRoute { MinSeverity = least }.Takes(Doomed));

    [Theory]
    [InlineData(AlertCondition.AgentQuarantined, "team", "a", true)]
    [InlineData(AlertCondition.PanicGuard, "team", "a", false)]
    [InlineData(AlertCondition.AgentQuarantined, "team", "b", false)]
    [InlineData(AlertCondition.AgentQuarantined, "owner", "a", false)]
    public void Takes_ByConditionAndLabel_TakesWhatHasBoth(AlertCondition condition, string name, string value, bool expected) =>
        Assert.Equal(expected, new AlertRoute { Conditions = { condition }, Labels = { [name] = value } }.Takes(Doomed));

    [Theory]
    [InlineData(null, "doomed", true)]
    [InlineData(AlertCondition.AgentQuarantined, null, true)]
    [InlineData(AlertCondition.PoisonAgent, null, false)]
    [InlineData(null, "other", false)]
    public void Covering_Silence_MeansWhatItSays(AlertCondition? condition, string? agent, bool expected)
    {
        var silence = new AlertSilence
        {
            Id = "1",
            Labels = new Dictionary<string, string>(),
            Actor = "anna",
            At = Now,
            Until = Now.AddHours(1),
            Condition = condition,
            AgentId = agent is null ? null : AgentId.Parse(agent),
        };

        Assert.Equal(expected, new Quiet([silence], []).Covering(Doomed, Now) is not null);
        Assert.Null(new Quiet([silence], []).Covering(Doomed, Now.AddHours(1)));
    }

    [Fact]
    public void Covering_StandingPause_QuietensItsAgentsAndNothingElse()
    {
        var pause = new MaintenanceOrder { Labels = new Dictionary<string, string> { ["team"] = "a" }, Actor = "anna", At = Now };
        var stalled = IncidentRules.Raise(null, new Signal(AlertCondition.SupervisorStalled, "0", "it stands"), Now);

        Assert.Contains("anna", new Quiet([], [pause]).Covering(Doomed, Now), StringComparison.Ordinal);
        Assert.Null(new Quiet([], [pause with { Labels = new Dictionary<string, string>() }]).Covering(stalled, Now));
        Assert.Null(new Quiet([], [pause with { Labels = new Dictionary<string, string> { ["team"] = "b" } }]).Covering(Doomed, Now));
    }
}
