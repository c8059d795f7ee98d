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

        var paused = state with { Desired = wanted, NextLookAt = Earlier(wanted.Until, state.Maintenance?.Until) };
        log.Add(ActionKind.Paused, paused, "pause", $"{by}; it is paused already, now {(wanted.Until is null ? "until it is resumed" : $"for {Ends(wanted)}")}");
        return (new Decision { Next = paused, Actions = log.Actions, Answer = PauseAnswer(paused) }, null);
    }

    /// <summary>A paused agent: nothing is judged of it but whether what holds it is over.</summary>
    private static Decision? Rest(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances)
    {
        var (order, now) = (state.Desired, circumstances.Now);
        if (order is { Mode: DesiredMode.Pause, Until: { } ends })
        {
            circumstances.Trace?.Saw(Rule.PauseOver, ends <= now, $"the pause was ordered to end {DecisionTrace.When(ends, now)}");
        }

        var wanted = order is { Mode: DesiredMode.Pause, Until: { } until } && until <= now
            // The end was part of the order, so it is still the person who wants it to run.
            ? order with { Mode = DesiredMode.Run, At = until, Until = null, Reason = "the pause ended as it was ordered" }
            : order;
        if (wanted.Mode is DesiredMode.Pause || circumstances.Maintenance is not null)
        {
            return StayAtRest(state, wanted, circumstances);
        }

        var (reason, details) = order is { Mode: DesiredMode.Pause, Until: { } end }
            ? ("pause-expired", $"the pause by {order.Actor} lasted {Durations.ToWords(end - order.At)}, as ordered{Why(order.Reason)}")
            : ("maintenance-over", state.Maintenance is { } over ? Over(over, now) : "nothing holds it any more");
        circumstances.Trace?.Saw(Rule.MaintenanceOver, reason is "maintenance-over", details);
        var log = new ActionLog(circumstances).Add(ActionKind.Resumed, state, reason, details);
        return Grant(snapshot, CaughtUp(snapshot, state) with { Desired = wanted }, policy, circumstances, log, reason, "its pause is over");
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
        Hold = RestartHold.None,
        Breaker = null,
        Maintenance = null,
        Desired = wanted,
    };

    private static string PauseAnswer(HealthState paused) => paused.Desired.Until is null
        ? $"Agent '{paused.AgentId}' is paused until it is resumed."
        : $"Agent '{paused.AgentId}' is paused for {Ends(paused.Desired)}.";

    private static string Ends(DesiredState pause) =>
        string.Create(CultureInfo.InvariantCulture, $"{Durations.ToWords(pause.Until!.Value - pause.At)}, until {pause.Until.Value:u}");

    private static string Why(string? reason) => reason is null ? "" : $": {reason}";
}
