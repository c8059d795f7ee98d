using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>Every order of a person in every status.</summary>
public sealed class SupervisorDecisionCommandTests
{
    private static readonly AgentStatus[] Stored = [.. Enum.GetValues<AgentStatus>().Where(s => s is not AgentStatus.Stale)];

    /// <summary>The whole table: a word where it is carried out, a sentence where it is answered or refused.</summary>
    public static TheoryData<CommandKind, AgentStatus, string> Table()
    {
        const string Done = "done";
        var table = new TheoryData<CommandKind, AgentStatus, string>();
        foreach (var status in Stored)
        {
            var word = status.ToWord();
            var isAtWork = status is AgentStatus.Starting or AgentStatus.Healthy or AgentStatus.Restarting or AgentStatus.BackingOff;
            var quarantined = $"Agent 'reader-1' is quarantined; release it first.";
            table.Add(CommandKind.Remove, status, Done);
            table.Add(CommandKind.Pause, status, status switch
            {
                AgentStatus.Paused => "Agent 'reader-1' is paused already.",
                AgentStatus.Quarantined => quarantined,
                _ => isAtWork ? Done : $"Agent 'reader-1' is {word}; there is nothing to pause.",
            });
            table.Add(CommandKind.Resume, status, status switch
            {
                AgentStatus.Paused => Done,
                AgentStatus.Quarantined => quarantined,
                _ => $"Agent 'reader-1' is {word}; only a paused agent can be resumed.",
            });
            table.Add(CommandKind.Release, status, status is AgentStatus.Quarantined
                ? Done
                : $"Agent 'reader-1' is {word}; only a quarantined agent can be released.");
            table.Add(CommandKind.Restart, status, status switch
            {
                AgentStatus.Paused => "Agent 'reader-1' is paused; resume it instead.",
                AgentStatus.Quarantined => quarantined,
                _ => Done,
            });
        }

        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Obey_AnyOrderInAnyStatus_GoesByTheTable(CommandKind kind, AgentStatus status, string expected)
    {
        var (decision, answer) = Obey(Snapshot(Given.State(status, failures: 3)), kind);

        Assert.Equal(expected, answer?.Message ?? "done");
        Assert.NotEqual(decision is null, answer is null);
        Assert.Equal(
            expected is "done" ? null : expected.EndsWith("already.", StringComparison.Ordinal) ? CommandOutcome.Ok : CommandOutcome.Conflict,
            answer?.Outcome);
    }

    [Theory]
    [InlineData(CommandKind.Pause, AgentStatus.Healthy, DesiredMode.Pause)]
    [InlineData(CommandKind.Pause, AgentStatus.BackingOff, DesiredMode.Pause)]
    [InlineData(CommandKind.Resume, AgentStatus.Paused, DesiredMode.Run)]
    [InlineData(CommandKind.Release, AgentStatus.Quarantined, DesiredMode.Run)]
    [InlineData(CommandKind.Restart, AgentStatus.Stopped, DesiredMode.Run)]
    public void Obey_WhatIsCarriedOut_WritesWhoWantsWhatAndWhy(CommandKind kind, AgentStatus status, DesiredMode mode)
    {
        var (decision, _) = Obey(Snapshot(Given.State(status)), kind);

        Assert.Equal(new DesiredState { Mode = mode, Actor = "boris", Reason = "upgrade", At = Given.Now }, decision!.Next!.Desired);
        Assert.Contains(decision.Actions, a => a.Details.Contains("by boris: upgrade", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(CommandKind.Restart, AgentStatus.Healthy, 3)]
    [InlineData(CommandKind.Restart, AgentStatus.BackingOff, 3)]
    [InlineData(CommandKind.Restart, AgentStatus.Completed, 3)]
    [InlineData(CommandKind.Restart, AgentStatus.Stopped, 3)]
    [InlineData(CommandKind.Resume, AgentStatus.Paused, 3)]
    [InlineData(CommandKind.Release, AgentStatus.Quarantined, 0)]
    public void Obey_OrderToWork_GrantsTheNextIncarnationAndCountsNoFailure(CommandKind kind, AgentStatus status, int failures)
    {
        var (decision, _) = Obey(Snapshot(Given.State(status, failures: 3)), kind);

        Assert.Equal((AgentStatus.Restarting, 8L, 7L, failures), (decision!.Next!.Status, decision.Next.Incarnation, decision.Next.TotalRestarts, decision.Next.ConsecutiveFailures));
        Assert.Equal((BackendOrder.Start, Given.Now.AddSeconds(15)), (decision.Order, decision.NewDeadline));
        Assert.Equal((null, null), (decision.Next.NextRestartAt, decision.Next.FailedAt));
        Assert.DoesNotContain(decision.Actions, a => a.Action is ActionKind.Failed);
    }

    [Fact]
    public void Obey_Pause_KeepsTheCountAndStopsTheAgent()
    {
        var (decision, _) = Obey(Snapshot(Given.State(AgentStatus.BackingOff, failures: 3)), CommandKind.Pause);

        Assert.Equal((AgentStatus.Paused, 7L, 3, BackendOrder.Stop), (decision!.Next!.Status, decision.Next.Incarnation, decision.Next.ConsecutiveFailures, decision.Order));
        Assert.Equal((null, null, null), (decision.Next.NextRestartAt, decision.Next.NextLookAt, decision.NewDeadline));
    }

    [Fact]
    public void Obey_Remove_ForgetsAndStopsTheAgent()
    {
        var (decision, _) = Obey(Snapshot(Given.State()), CommandKind.Remove);

        Assert.Null(decision!.Next);
        Assert.Equal((BackendOrder.Stop, ActionKind.Removed), (decision.Order, Assert.Single(decision.Actions).Action));
    }

    [Fact]
    public void Obey_OfAnUnknownAgent_IsNotFound()
    {
        var (decision, answer) = Obey(Given.Alive() with { State = default }, CommandKind.Pause);

        Assert.Equal((null, CommandOutcome.NotFound), (decision, answer!.Outcome));
    }

    [Fact]
    public void Obey_RestartWithoutADefinition_QuarantinesAndGrantsNothing()
    {
        var (decision, _) = Obey(Given.Alive() with { Definition = default }, CommandKind.Restart);

        Assert.Equal((AgentStatus.Quarantined, 7L, BackendOrder.None), (decision!.Next!.Status, decision.Next.Incarnation, decision.Order));
    }

    /// <summary>As when an order is sent again because its answer was lost: what it was about is past.</summary>
    [Theory]
    [InlineData(CommandKind.Restart)]
    [InlineData(CommandKind.Pause)]
    [InlineData(CommandKind.Remove)]
    public void Obey_ForAnIncarnation_IsCarriedOutAtThatOneAlone(CommandKind kind)
    {
        var (refused, answer) = Obey(Given.Alive(), kind, ifIncarnation: 6);
        var (decision, _) = Obey(Given.Alive(), kind, ifIncarnation: 7);

        Assert.Equal((null, CommandOutcome.Conflict, 7L), (refused, answer!.Outcome, answer.Incarnation));
        Assert.Contains("is at incarnation 7, not 6; nothing was done.", answer.Message, StringComparison.Ordinal);
        Assert.NotNull(decision);
    }

    private static (Decision? Decision, CommandResult? Answer) Obey(AgentSnapshot snapshot, CommandKind kind, long? ifIncarnation = null) =>
        SupervisorDecision.Obey(snapshot, new AgentCommand(kind, "boris", "upgrade", IfIncarnation: ifIncarnation), Given.Policy, Given.At(Given.Now));

    private static AgentSnapshot Snapshot(HealthState state) => state.IsPromised ? Given.Alive(state) : Given.Resting(state);
}
