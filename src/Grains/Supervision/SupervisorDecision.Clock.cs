using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>What is to be made of times that cannot be: the store's clock was set back after they were written.</summary>
internal static partial class SupervisorDecision
{
    // Clocks of silos follow the store's to some milliseconds; what lies further ahead was written before the clock went back.
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Puts what waits for a moment that the clock went back from into the present: a wait begins anew, a deadline is a timeout
    /// from now. Otherwise an agent would be left alone for as long as the clock went back.
    /// </summary>
    /// <returns>Null when its times are possible.</returns>
    private static Decision? Rebase(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances)
    {
        var now = circumstances.Now;
        var ahead = state.Since - now;
        if (state.Status is AgentStatus.BackingOff && ahead > FutureTolerance)
        {
            circumstances.Trace?.Saw(Rule.ClockWentBack, fired: true, $"it waits since {DecisionTrace.When(state.Since, now)}");
            var wait = state.NextRestartAt!.Value - state.Since;
            return Repaired(state with { Since = now, NextRestartAt = now + wait }, null, $"the wait of {ActionLog.Say(wait)} begins anew");
        }

        if (state is { Status: AgentStatus.Paused, Desired: { Mode: DesiredMode.Pause, Until: { } until } order } && order.At - now > FutureTolerance)
        {
            circumstances.Trace?.Saw(Rule.ClockWentBack, fired: true, $"it was paused {DecisionTrace.When(order.At, now)}");
            var length = until - order.At;
            var shifted = state with { Since = now, Desired = order with { At = now, Until = now + length }, NextLookAt = now + length };
            return Repaired(shifted, null, $"its pause of {Durations.ToWords(length)} begins anew");
        }

        var furthest = Furthest(snapshot, policy);
        if (!state.IsPromised || !(snapshot.Deadline - now > furthest + FutureTolerance || (snapshot is { Deadline: not null, Claim: null } && ahead > FutureTolerance)))
        {
            circumstances.Trace?.Saw(Rule.ClockWentBack, fired: false, $"its state is of {DecisionTrace.When(state.Since, now)}; promises reach {ActionLog.Say(furthest)} at most");
            return null;
        }

        circumstances.Trace?.Saw(Rule.ClockWentBack, fired: true, $"its deadline is {DecisionTrace.When(snapshot.Deadline, now)}; promises reach {ActionLog.Say(furthest)} at most");
        var grace = snapshot.ClaimedBy is null ? policy.StartupGrace : policy.Timeout;
        DateTimeOffset? look = state.NextLookAt is null ? null : now + (state.Status is AgentStatus.Healthy ? policy.Stable : LookAgain);
        return Repaired(state with { Since = now, NextLookAt = look }, now + grace, $"its deadline is {ActionLog.Say(grace)} from now");

        Decision Repaired(HealthState next, DateTimeOffset? deadline, string done) => new()
        {
            Next = next,
            NewDeadline = deadline,
            Actions = new ActionLog(circumstances).Add(
                ActionKind.Repaired, next, "clock-went-back", $"the store's clock went back; {done}", host: snapshot.ClaimedBy).Actions,
        };
    }

    /// <summary>
    /// The furthest that a promise can reach: a stop in good order, an announced silence, a start and the wait for its turn, or what the last
    /// heartbeat promised, under a policy that may since have become shorter, or cannot be read.
    /// </summary>
    private static TimeSpan Furthest(AgentSnapshot snapshot, SupervisionPolicy policy)
    {
        var stop = Longer(policy.StopGrace + policy.Timeout, TimeSpan.FromSeconds(snapshot.CurrentHeartbeat?.PromiseSeconds ?? 0));
        return snapshot is { Claim: not null, CurrentHeartbeat.SilentUntil: null } && !snapshot.Heartbeat.IsMalformed && snapshot.CurrentHeartbeat is not null
            ? Longer(stop, policy.StartupGrace)
            : Longer(Longer(policy.MaxExpectedSilence + policy.Timeout, stop), policy.StartupGrace);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
