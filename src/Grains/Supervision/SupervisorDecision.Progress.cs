using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>Incarnations that live: recovery, stability, repair. And agents that come and that are found without a state.</summary>
internal static partial class SupervisorDecision
{
    /// <summary>Takes on a new agent.</summary>
    public static Decision Spawn(
        AgentDefinition definition, SupervisionPolicy policy, string actor, long incarnationFloor, Circumstances circumstances, long groupRound = 0)
    {
        var now = circumstances.Now;
        circumstances.Trace?.Saw(Rule.Spawned, fired: true, $"by {actor}; {incarnationFloor} is the highest number that may have been granted before");
        var state = new HealthState
        {
            AgentId = definition.Id,
            Status = AgentStatus.Starting,
            Incarnation = incarnationFloor + 1,
            FirstIncarnation = incarnationFloor + 1,
            GroupRound = groupRound,
            Since = now,
            NextLookAt = now + LookAgain,
            Desired = new DesiredState { Mode = DesiredMode.Run, Actor = actor, At = now },
        };
        var log = new ActionLog(circumstances);
        if (circumstances.Maintenance is { } order)
        {
            // Its number was granted to nobody, and the next one is when it is started.
            log.Add(ActionKind.Spawned, state, "spawned", $"by {actor}, kind {definition.Kind}; it is not started yet");
            return Hold(state, order, circumstances, log) with { Order = BackendOrder.None };
        }

        log.Add(
            ActionKind.Spawned, state, "spawned",
            $"by {actor}, kind {definition.Kind}; incarnation {state.Incarnation} must be heard within {ActionLog.Say(policy.StartupGrace)}");
        return new Decision { Next = state, Actions = log.Actions, Order = BackendOrder.Start, NewDeadline = now + policy.StartupGrace };
    }

    /// <summary>
    /// Makes a state again from what else is known, when its record is lost or cannot be read: the incarnation is the highest
    /// that may go on or a new one, and it is given time to be heard or started before it is judged. It is healthy once its claim
    /// is seen; the order to start it may never have been given.
    /// </summary>
    public static Decision Rebuild(AgentSnapshot snapshot, long incarnation, bool goesOn, SupervisionPolicy policy, Circumstances circumstances)
    {
        var now = circumstances.Now;
        circumstances.Trace?.Saw(Rule.Rebuilt, fired: true, $"its state is {(snapshot.State.IsMalformed ? "malformed" : "gone")}; incarnation {incarnation} goes on or is granted");
        var state = new HealthState
        {
            AgentId = snapshot.Id,
            Status = AgentStatus.Restarting,
            Incarnation = incarnation,
            FirstIncarnation = incarnation,
            GroupRound = snapshot.Siblings.Select(s => s.Round).DefaultIfEmpty().Max(),
            Since = now,

            // Its end may have been told already, to nobody who had a state to judge it by.
            NextLookAt = snapshot.Report.Value?.Incarnation == incarnation ? now : now + LookAgain,
            Desired = new DesiredState { Mode = DesiredMode.Run, Actor = "supervisor", Reason = "rebuilt", At = now },
        };
        var why = snapshot.State.Fault is { } fault ? $"its health state cannot be read ({fault})" : "its health state is gone";
        var log = new ActionLog(circumstances).Add(
            ActionKind.Repaired, state, "rebuilt", $"{why}; rebuilt with incarnation {incarnation}, its failures in a row are forgotten");
        return new Decision { Next = state, Actions = log.Actions, GoesOn = goesOn, NewDeadline = now + Longer(policy.Timeout, policy.StartupGrace) };
    }

    private static Decision? Progress(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances)
    {
        var now = circumstances.Now;
        circumstances.Trace?.Saw(Rule.DeadlineLost, snapshot.Deadline is null, $"its deadline is {DecisionTrace.When(snapshot.Deadline, now)}");
        if (snapshot.Deadline is null)
        {
            // Whatever beat meanwhile was refused and its body cancelled, so there is nothing to go on with; no fault of the agent's.
            var log = new ActionLog(circumstances).Add(
                ActionKind.Repaired, state, "deadline-lost", "its deadline was gone from the store; uses up no budget", host: snapshot.ClaimedBy);
            return Grant(
                snapshot, state with { FailedAt = state.FailedAt ?? now }, policy, circumstances, log, "deadline-lost", "whatever ran is fenced");
        }

        if (state.Status is AgentStatus.Healthy)
        {
            circumstances.Trace?.Saw(
                Rule.Stable, state.NextLookAt <= now && snapshot.Deadline > now && !IsHeld(policy, circumstances),
                $"healthy since {DecisionTrace.When(state.Since, now)}, {ActionLog.Say(policy.Stable)} are needed; to be looked at {DecisionTrace.When(state.NextLookAt, now)}");

            // Healthy as far as it could be heard: neither past its deadline nor in a hold, when nobody can tell.
            return state.NextLookAt <= now && snapshot.Deadline > now && !IsHeld(policy, circumstances)
                ? HasGotOn(snapshot, state, policy, now) ? Stabilize(snapshot, state, policy, circumstances) : LookLater(state, policy, now)
                : null;
        }

        circumstances.Trace?.Saw(
            Rule.Recovered, snapshot.ClaimedBy is not null,
            snapshot.ClaimedBy is { } claimedBy ? $"incarnation {state.Incarnation} was claimed by {claimedBy}, {DecisionTrace.When(snapshot.CurrentHeartbeat?.At, now)}" : $"nobody claimed incarnation {state.Incarnation}");
        if (snapshot.ClaimedBy is not null)
        {
            return Recover(snapshot, state, policy, circumstances);
        }

        circumstances.Trace?.Saw(
            Rule.LookAgain, snapshot.Definition.Value is not null && (state.NextLookAt is null || state.NextLookAt <= now), $"to be looked at {DecisionTrace.When(state.NextLookAt, now)}");

        // Granted and not claimed: the order may have been lost with a silo or a supervisor. Repeating it is harmless. Without a
        // definition there is nothing to start; its deadline brings that to light. A deadline that passed in a hold passed while
        // nobody was there to start it, so it gets a new one.
        return snapshot.Definition.Value is not null && (state.NextLookAt is null || state.NextLookAt <= now)
            ? OrderAgain(snapshot, state, policy, circumstances)
            : null;
    }

    /// <summary>After all silos were down a whole fleet is ordered again at once, so that these orders have their turns as well.</summary>
    private static Decision OrderAgain(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances)
    {
        var now = circumstances.Now;
        if (circumstances.RestartTurn is { } turn && turn.At > now && !state.HasTurn)
        {
            return new Decision { Next = state with { NextLookAt = turn.At, HasTurn = true }, NewDeadline = turn.At + policy.StartupGrace };
        }

        return new Decision
        {
            Next = state with { NextLookAt = now + LookAgain, HasTurn = false },
            Order = BackendOrder.Start,
            NewDeadline = snapshot.Deadline <= now ? now + policy.StartupGrace : null,
            Avoid = AvoidedHost(state, circumstances),
        };
    }

    /// <summary>
    /// Whether it got on since it is healthy, where that is watched. Otherwise an agent that is stuck each time would be forgiven
    /// before its progress timeout shows it, whenever that is longer than the stable time. What lies ahead was noted before the store's
    /// clock was set back, and so before it was healthy.
    /// </summary>
    private static bool HasGotOn(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, DateTimeOffset now) =>
        policy.ProgressTimeout is null
        || (snapshot.CurrentHeartbeat?.ProgressAt is { } at && at > state.Since + ClaimTolerance && at <= now + ClaimTolerance);

    // Progress counts from the claim on, by the clock of another host.
    private static readonly TimeSpan ClaimTolerance = TimeSpan.FromSeconds(0.5);

    private static Decision LookLater(HealthState state, SupervisionPolicy policy, DateTimeOffset now) =>
        new() { Next = state with { NextLookAt = now + Longer(policy.Stable, LookAgain) } };

    private static Decision Recover(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances)
    {
        var now = circumstances.Now;
        var heardAt = snapshot.CurrentHeartbeat?.At ?? now;
        TimeSpan? after = state.FailedAt is { } failedAt ? heardAt - failedAt : null;
        var healthy = state with
        {
            Status = AgentStatus.Healthy,
            Since = now,
            FailedAt = null,
            NextLookAt = state.ConsecutiveFailures > 0 || state.LostInARow > 0 ? now + policy.Stable : null,
        };
        var details = after is { } span
            ? $"beats again {ActionLog.Say(span)} after it failed"
            : $"beats, {ActionLog.Say(heardAt - state.Since)} after its start was granted";
        if (state.ConsecutiveFailures > 0)
        {
            details += $"; its failures are forgotten after {ActionLog.Say(policy.Stable)} of health";
        }

        var reason = state.Status is AgentStatus.Starting ? "started" : "first-heartbeat";
        var log = new ActionLog(circumstances).Add(ActionKind.Recovered, healthy, reason, details, host: snapshot.ClaimedBy);
        return new Decision { Next = healthy, Actions = log.Actions, RecoveredAfter = after };
    }

    private static Decision Stabilize(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances)
    {
        var host = snapshot.ClaimedBy;
        var hasSaved = snapshot.CurrentHeartbeat?.Checkpoint is CheckpointUse.Saved;
        var stable = Forgiven(state) with { NextLookAt = null, StartFrom = hasSaved ? CheckpointChoice.Newest : state.StartFrom };
        if (state.ConsecutiveFailures == 0)
        {
            // Only silos were lost, which nobody counts aloud.
            return new Decision { Next = stable };
        }

        var log = new ActionLog(circumstances).Add(
            ActionKind.Stabilized, stable, "stable",
            $"healthy for {ActionLog.Say(policy.Stable)}: {state.ConsecutiveFailures} failures in a row are forgotten", host: host);
        return new Decision { Next = stable, Actions = log.Actions };
    }
}
