using System.Globalization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>
/// Agents that rest because a standing order covers them. What is wanted of each by itself is not touched, so that it goes on as
/// before when the order is over.
/// </summary>
internal static partial class SupervisorDecision
{
    /// <summary>Takes an agent that is at work, or would now be started, to rest.</summary>
    private static Decision Hold(HealthState state, MaintenanceOrder order, Circumstances circumstances, ActionLog log)
    {
        var held = Rested(state, state.Desired, circumstances.Now) with { Maintenance = order, NextLookAt = order.Until };
        circumstances.Trace?.Saw(Rule.Maintenance, true, $"it is covered by the pause of {Said(order)}");
        log.Add(ActionKind.Paused, held, "maintenance", $"with {Said(order)}");
        return new Decision
        {
            Next = held,
            Actions = log.Actions,
            Order = BackendOrder.Stop,
            Answer = $"Agent '{state.AgentId}' rests with {Said(order)}; it is started when that is over.",
        };
    }

    /// <summary>Paused still, by itself or with others; when that may change it is looked at again.</summary>
    private static Decision? StayAtRest(HealthState state, DesiredState wanted, Circumstances circumstances)
    {
        var order = circumstances.Maintenance;
        var next = state with { Desired = wanted, Maintenance = order, NextLookAt = Earlier(wanted.Until, order?.Until) };
        if (next == state)
        {
            return null;
        }

        var log = new ActionLog(circumstances);
        if (wanted.Mode != state.Desired.Mode)
        {
            log.Add(ActionKind.Paused, next, "pause-expired", $"the pause by {state.Desired.Actor} is over as ordered; it rests still with {Said(order!)}");
        }

        return new Decision { Next = next, Actions = log.Actions };
    }

    /// <summary>A person resumes an agent that a standing order holds as well: only its own pause can be ended with it.</summary>
    private static (Decision? Decision, CommandResult? Answer) ResumeHeld(
        HealthState state, MaintenanceOrder order, AgentCommand command, Circumstances circumstances, ActionLog log, string by)
    {
        if (state.Desired.Mode is not DesiredMode.Pause)
        {
            return (null, CommandResult.Conflict($"Agent '{state.AgentId}' rests with {Said(order)}; end that instead."));
        }

        var next = state with { Desired = Desire(DesiredMode.Run, command, circumstances), Maintenance = order, NextLookAt = order.Until };
        log.Add(ActionKind.Paused, next, "maintenance", $"its own pause is ended {by}; it rests still with {Said(order)}");
        var answer = $"The pause of agent '{state.AgentId}' by itself is over; it rests still with {Said(order)}.";
        return (new Decision { Next = next, Actions = log.Actions, Answer = answer }, null);
    }

    private static string Over(MaintenanceOrder order, DateTimeOffset now) => order.Until <= now
        ? $"the pause of {order.ScopeInWords} lasted {Durations.ToWords(order.Until.Value - order.At)}, as ordered{Why(order.Reason)}"
        : $"the pause of {order.ScopeInWords} by {order.Actor} was ended";

    private static string Said(MaintenanceOrder order)
    {
        var ends = order.Until is { } until
            ? string.Create(CultureInfo.InvariantCulture, $" for {Durations.ToWords(until - order.At)}, until {until:u}")
            : "";
        return $"{order.ScopeInWords} (by {order.Actor}{ends}{Why(order.Reason)})";
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}
