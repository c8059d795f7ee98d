using System.Globalization;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>Agents that rest because a person said so, and the end of that.</summary>
internal static partial class SupervisorDecision
{
    private static Decision Pause(HealthState state, AgentCommand command, Circumstances circumstances, ActionLog log, string by)
    {
        var wanted = Desire(DesiredMode.Pause, command, circumstances);
        var paused = Rested(state, wanted, circumstances.Now);
        log.Add(ActionKind.Paused, paused, "pause", wanted.Until is null ? by : $"{by}; for {Ends(wanted)}");
        return new Decision { Next = paused, Actions = log.Actions, Order = BackendOrder.Stop, Answer = PauseAnswer(paused) };
    }

    /// <summary>The last word counts: a pause that is ordered again may last longer, shorter, or without an end.</summary>
    private static (Decision? Decision, CommandResult? Answer) PauseAgain(
        HealthState state, AgentCommand command, Circumstances circumstances, ActionLog log, string by)
    {
        var (before, wanted) = (state.Desired, Desire(DesiredMode.Pause, command, circumstances));
        if (before is { Mode: DesiredMode.Pause, Until: null } && wanted.Until is null && (wanted.Reason is null || wanted.Reason == before.Reason))
        {
            return (null, CommandResult.Done($"Agent '{state.AgentId}' is paused already.", state.Incarnation));
        }

        var paused = state with { Desired = wanted, NextLookAt = wanted.Until };
        log.Add(ActionKind.Paused, paused, "pause", $"{by}; it is paused already, now {(wanted.Until is null ? "until it is resumed" : $"for {Ends(wanted)}")}");
        return (new Decision { Next = paused, Actions = log.Actions, Answer = PauseAnswer(paused) }, null);
    }

    /// <summary>A paused agent: nothing is judged of it but whether its pause is over.</summary>
    private static Decision? Rest(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances)
    {
        if (state.Desired is not { Mode: DesiredMode.Pause, Until: { } until } order)
        {
            return null;
        }

        circumstances.Trace?.Saw(Rule.PauseOver, until <= circumstances.Now, $"the pause was ordered to end {DecisionTrace.When(until, circumstances.Now)}");
        if (until > circumstances.Now)
        {
            return null;
        }

        // The end was part of the order, so it is still the person who wants it to run.
        var wanted = order with { Mode = DesiredMode.Run, At = until, Until = null, Reason = "the pause ended as it was ordered" };
        var log = new ActionLog(circumstances).Add(
            ActionKind.Resumed, state, "pause-expired", $"the pause by {order.Actor} lasted {Durations.ToWords(until - order.At)}, as ordered{Why(order.Reason)}");
        return Grant(snapshot, state with { Desired = wanted }, policy, circumstances, log, "pause-expired", "its pause is over");
    }

    /// <summary>The state of an agent at rest, with its failures remembered; its next look is the end of its pause.</summary>
    private static HealthState Rested(HealthState state, DesiredState wanted, DateTimeOffset now) => state with
    {
        Status = AgentStatus.Paused,
        Since = now,
        NextRestartAt = null,
        NextLookAt = wanted.Until,
        FailedAt = null,
        HasTurn = false,
        Desired = wanted,
    };

    private static string PauseAnswer(HealthState paused) => paused.Desired.Until is null
        ? $"Agent '{paused.AgentId}' is paused until it is resumed."
        : $"Agent '{paused.AgentId}' is paused for {Ends(paused.Desired)}.";

    private static string Ends(DesiredState pause) =>
        string.Create(CultureInfo.InvariantCulture, $"{Durations.ToWords(pause.Until!.Value - pause.At)}, until {pause.Until.Value:u}");

    private static string Why(string? reason) => reason is null ? "" : $": {reason}";
}
