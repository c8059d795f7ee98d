using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>
/// The one place where it is decided what becomes of an agent. Pure: records and circumstances in, the next state, the log and
/// the order out. It works from what stands in the store, not from events, so that a lost event is only a delay; asking it
/// twice is harmless.
/// </summary>
internal static partial class SupervisorDecision
{
    /// <summary>From the grant of an incarnation until it is looked whether the order to start it arrived, and between further looks.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>How often in a row the loss of its silo restarts an agent at once; after that it waits by the backoff.</summary>
    private const int LossesAtOnce = 3;

    /// <summary>With so many silos lost in a row, the next one in a trial proves it.</summary>
    private const int LossesThatProve = 3;

    // It costs no budget, so that an agent that is told to wait a millisecond, over and over, would never be stopped.
    private static readonly TimeSpan ShortestToldWait = TimeSpan.FromSeconds(1);

    /// <summary>Judges an agent that has a readable state.</summary>
    /// <returns>Null when nothing is to be done.</returns>
    public static Decision? Judge(AgentSnapshot snapshot, SupervisionPolicy policy, Circumstances circumstances)
    {
        var state = snapshot.State.Value ?? throw new ArgumentException("An agent without a state is taken on by Rebuild.", nameof(snapshot));
        if (Rebase(snapshot, state, policy, circumstances) is { } rebased)
        {
            return rebased;
        }

        if (state.Status is AgentStatus.BackingOff && circumstances.Maintenance is { } order)
        {
            return Hold(state, order, circumstances, new ActionLog(circumstances));
        }

        if (!state.IsPromised && TogetherWithOthers(snapshot, state, policy, circumstances) is { } joined)
        {
            return joined;
        }

        if (state.Status is AgentStatus.BackingOff)
        {
            circumstances.Trace?.Saw(Rule.WaitOver, circumstances.Now >= state.NextRestartAt, $"its next restart is {DecisionTrace.When(state.NextRestartAt, circumstances.Now)}");
            return circumstances.Now >= state.NextRestartAt
                ? Grant(snapshot, state, policy, circumstances, new ActionLog(circumstances), state.LastFailure?.Reason.ToWord() ?? "backoff", "its wait is over")
                : null;
        }

        if (state.Status is AgentStatus.Paused)
        {
            return Rest(snapshot, state, policy, circumstances);
        }

        if (!state.IsPromised)
        {
            return null;
        }

        return Failure(snapshot, state, policy, circumstances) is { } failure
            ? End(snapshot, state, policy, circumstances, failure)
            : circumstances.Maintenance is { } cover ? Hold(state, cover, circumstances, new ActionLog(circumstances))
            : TogetherWithOthers(snapshot, state, policy, circumstances) ?? Progress(snapshot, state, policy, circumstances);
    }

    /// <summary>How the incarnation failed or ended, by what the store holds; null when it did not.</summary>
    private static Ending? Failure(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances)
    {
        circumstances.Trace?.Saw(
            Rule.Report, snapshot.CurrentReport is not null,
            snapshot.CurrentReport is { } told ? $"{told.Kind.ToWord()} ({told.Reason.ToWord()}), {DecisionTrace.When(told.At, circumstances.Now)}" : $"nothing was told of incarnation {state.Incarnation}");
        if (snapshot.CurrentReport is { } report)
        {
            return new Ending(
                new AgentFailure(report.Reason, report.Message, report.At),
                report.Kind is ReportKind.Returned,
                report.RetryAfterSeconds is { } wait ? TimeSpan.FromSeconds(wait) : null);
        }

        circumstances.Trace?.Saw(
            Rule.SiloDead, snapshot.ClaimedBy is { } of && circumstances.DeadHosts.Contains(of),
            snapshot.ClaimedBy is null ? "nobody claimed it" : $"{circumstances.SiloNames.GetValueOrDefault(snapshot.ClaimedBy, snapshot.ClaimedBy)} claimed it, and is {(circumstances.DeadHosts.Contains(snapshot.ClaimedBy) ? "" : "not ")}declared dead");
        if (snapshot.ClaimedBy is { } host && circumstances.DeadHosts.Contains(host))
        {
            var name = circumstances.SiloNames.GetValueOrDefault(host, host);
            return new Ending(new AgentFailure(FailureReason.SiloLost, $"silo {name} died", circumstances.Now));
        }

        circumstances.Trace?.Saw(Rule.Deadline, snapshot.Deadline <= circumstances.Now, $"its deadline is {DecisionTrace.When(snapshot.Deadline, circumstances.Now)}");
        circumstances.Trace?.Saw(Rule.Hold, IsHeld(policy, circumstances), Heard(policy, circumstances));
        if (snapshot.Deadline is not { } deadline || deadline > circumstances.Now || IsHeld(policy, circumstances))
        {
            return null;
        }

        var silence = Silence(snapshot, state, policy, deadline);
        if (silence.Reason is FailureReason.Silent && snapshot.ClaimedBy is { } silent && circumstances.SilentHosts.Contains(silent))
        {
            var name = circumstances.SiloNames.GetValueOrDefault(silent, silent);
            silence = silence with { Reason = FailureReason.SiloLost, Message = $"silo {name} fell silent with all of its agents" };
        }

        circumstances.Trace?.Saw(
            silence.Reason switch { FailureReason.SiloLost => Rule.SiloSilent, FailureReason.Stuck => Rule.Stuck, FailureReason.StartTimedOut => Rule.StartTimedOut, _ => Rule.Silent },
            fired: true, $"{silence.Message}; its last record is of {DecisionTrace.When(snapshot.CurrentHeartbeat?.At, circumstances.Now)}");
        return new Ending(silence) { OnlyIfDeadlineAtMost = deadline };
    }

    /// <summary>Whether silence proves nothing yet: since everybody could be heard again, less than a timeout went by.</summary>
    private static bool IsHeld(SupervisionPolicy policy, Circumstances circumstances) =>
        circumstances.Now < circumstances.HeardSince + policy.Timeout;

    private static string Heard(SupervisionPolicy policy, Circumstances circumstances) => circumstances.HeardSince == DateTimeOffset.MinValue
        ? "everybody could be heard all the time"
        : $"everybody could be heard since {DecisionTrace.When(circumstances.HeardSince, circumstances.Now)}, and silence counts after {ActionLog.Say(policy.Timeout)}";

    private static AgentFailure Silence(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, DateTimeOffset deadline)
    {
        if (snapshot.ClaimedBy is null && state.Status is not AgentStatus.Healthy)
        {
            return new(FailureReason.StartTimedOut, $"no first heartbeat within {ActionLog.Say(policy.StartupGrace)} of its start", deadline);
        }

        // A beat never promises more than the progress timeout or an announced silence leaves (and its host needs, where it has one
        // that watches), so a deadline at just that point is lack of progress.
        return policy.ProgressTimeout is { } limit
            && snapshot.CurrentHeartbeat is { ProgressAt: { } progressAt } beat
            && (IsAt(deadline - progressAt - limit) || (beat.SilentUntil is { } silentUntil && IsAt(deadline - silentUntil)))
            ? new(FailureReason.Stuck, $"alive, but no progress for {ActionLog.Say(limit)}", deadline)
            : new(FailureReason.Silent, $"no heartbeat by its deadline; {ActionLog.Say(policy.Timeout)} of silence are allowed", deadline);

        bool IsAt(TimeSpan apart) => IsNothing(apart) || IsNothing(apart - Promise.Room(policy));

        static bool IsNothing(TimeSpan span) => span.Duration() < TimeSpan.FromMilliseconds(5);
    }

    private static Decision End(
        AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances, Ending ending)
    {
        var now = circumstances.Now;
        var log = new ActionLog(circumstances);
        var failure = ending.Failure;
        var reason = failure.Reason.ToWord();
        circumstances.Trace?.Saw(Rule.Returned, ending.HasReturned && policy.Restart is not RestartPolicy.Permanent, $"its body {(ending.HasReturned ? "returned" : "did not return")}, and it is {policy.Restart.ToWord()}");
        if (ending.HasReturned && policy.Restart is not RestartPolicy.Permanent)
        {
            var completed = Forgiven(state) with { Status = AgentStatus.Completed, Since = now, NextLookAt = null, FailedAt = null };
            log.Add(ActionKind.Completed, completed, "returned", "its body returned: the work is done", host: snapshot.ClaimedBy);
            return new Decision { Next = completed, Actions = log.Actions };
        }

        circumstances.Trace?.Saw(Rule.Drained, failure.Reason is FailureReason.Drained, $"it ended as {reason}");
        if (failure.Reason is FailureReason.Drained)
        {
            return Grant(snapshot, state with { FailedAt = null }, policy, circumstances, log, reason, failure.Message) with
            {
                OnlyIfDeadlineAtMost = ending.OnlyIfDeadlineAtMost,
            };
        }

        var isFree = failure.Reason is FailureReason.SiloLost or FailureReason.ToldToWait;
        var failed = state with
        {
            ConsecutiveFailures = state.ConsecutiveFailures + (isFree ? 0 : 1),
            LostInARow = state.LostInARow + (failure.Reason is FailureReason.SiloLost ? 1 : 0),
            LastFailure = failure,
            FailedAt = state.FailedAt ?? failure.At,
            NextLookAt = null,
            Since = now,
            Breaker = failure.Reason is FailureReason.ToldToWait ? circumstances.Breaker?.Name : null,
        };
        if (policy.Restart is not RestartPolicy.Temporary)
        {
            failed = FailedInGroup(snapshot, failed, isFree, now);
        }

        failed = isFree ? failed : CountOnHost(failed, snapshot.ClaimedBy ?? snapshot.CurrentReport?.Host);
        var budget = isFree ? "uses up no budget" : $"failure {failed.ConsecutiveFailures} of {policy.MaxRestarts} in a row";
        log.Add(ActionKind.Failed, failed, reason, $"{failure.Message}; {budget}", detect: now - failure.At, host: snapshot.ClaimedBy);
        failed = isFree ? failed : ChooseCheckpoint(snapshot, failed, policy, log);
        circumstances.Trace?.Saw(
            Rule.Poison, failure.Reason is FailureReason.SiloLost && IsProvenPoison(snapshot, state, policy, circumstances),
            $"it is {(state.IsOnTrial ? "" : "not ")}on trial; {state.LostInARow} silos in a row were lost under it before");
        if (failure.Reason is FailureReason.SiloLost && IsProvenPoison(snapshot, state, policy, circumstances))
        {
            return Quarantine(
                failed, log, "poison",
                $"its silo died while it alone was on trial, after {state.LostInARow} silos in a row that it was on; waits for a person to release it") with
            {
                OnlyIfDeadlineAtMost = ending.OnlyIfDeadlineAtMost,
            };
        }

        var decision = AfterFailure(snapshot, failed, policy, circumstances, log, ending.RetryAfter);
        return decision with { OnlyIfDeadlineAtMost = ending.OnlyIfDeadlineAtMost };
    }

    private static Decision AfterFailure(
        AgentSnapshot snapshot, HealthState failed, SupervisionPolicy policy, Circumstances circumstances, ActionLog log, TimeSpan? retryAfter)
    {
        var (now, reason) = (circumstances.Now, failed.LastFailure!.Reason);
        var word = reason.ToWord();
        circumstances.Trace?.Saw(Rule.Fatal, reason is FailureReason.Fatal or FailureReason.BadDefinition, $"it ended as {word}");
        if (reason is FailureReason.Fatal or FailureReason.BadDefinition)
        {
            return Quarantine(failed, log, word, "no restart can help; waits for a person to release it");
        }

        var isOfItsOwn = reason is not FailureReason.SiloLost;
        circumstances.Trace?.Saw(Rule.Temporary, policy.Restart is RestartPolicy.Temporary && isOfItsOwn, $"it is {policy.Restart.ToWord()}");
        if (policy.Restart is RestartPolicy.Temporary && isOfItsOwn)
        {
            var stopped = failed with { Status = AgentStatus.Stopped };
            return new Decision { Next = stopped, Actions = log.Add(ActionKind.Stopped, stopped, word, "a temporary agent is not started again").Actions };
        }

        circumstances.Trace?.Saw(
            Rule.QuarantineLimit, failed.ConsecutiveFailures >= policy.MaxRestarts && reason is not (FailureReason.SiloLost or FailureReason.ToldToWait),
            $"{failed.ConsecutiveFailures} failures in a row; {policy.MaxRestarts} are the most");
        if (failed.ConsecutiveFailures >= policy.MaxRestarts && reason is not (FailureReason.SiloLost or FailureReason.ToldToWait))
        {
            return Quarantine(failed, log, word, $"{failed.ConsecutiveFailures} failures in a row are the most that are allowed; waits for a person to release it");
        }

        if (GroupLimit(snapshot, failed, now) is { } limit)
        {
            var isOver = limit.Failures > limit.Most && reason is not (FailureReason.SiloLost or FailureReason.ToldToWait);
            var said = $"group '{limit.Group.Name}' failed {limit.Failures} times within {limit.Group.PeriodSeconds ?? AgentGroup.DefaultPeriodSeconds:0.###} s";
            circumstances.Trace?.Saw(Rule.GroupLimit, isOver, $"{said}; {limit.Most} are the most");
            if (isOver)
            {
                return Quarantine(failed, log, "group-limit", $"{said}, and {limit.Most} are the most; waits for a person to release it");
            }
        }

        var (wait, why) = (reason, retryAfter) switch
        {
            (FailureReason.SiloLost, _) when failed.LostInARow <= LossesAtOnce => (TimeSpan.Zero, "a lost silo is no fault of the agent: at once"),
            // Over and over it may be just that, or two clusters that take each other for dead: no budget, but no storm either.
            (FailureReason.SiloLost, _) => Backoff(policy.Backoff, failed.LostInARow - LossesAtOnce + 1, circumstances.Random, "silo lost in a row"),
            (FailureReason.ToldToWait, { } told) => ToldToWait(Longer(told, ShortestToldWait), circumstances),
            // Told to wait, but not how long: never at once, since it would be told so again, and that costs no budget.
            (FailureReason.ToldToWait, _) => Backoff(policy.Backoff, Math.Max(2, failed.ConsecutiveFailures), circumstances.Random),
            // What it filled is freed by the collector in its time, not at once.
            (FailureReason.OutOfMemory, _) => Backoff(policy.Backoff, Math.Max(2, failed.ConsecutiveFailures), circumstances.Random),
            _ => Backoff(policy.Backoff, failed.ConsecutiveFailures, circumstances.Random),
        };
        circumstances.Trace?.Saw(reason switch { FailureReason.SiloLost => Rule.SiloLost, FailureReason.ToldToWait => Rule.ToldToWait, _ => Rule.Backoff }, fired: true, why);
        if (wait <= TimeSpan.Zero)
        {
            return Grant(snapshot, failed, policy, circumstances, log, word, why);
        }

        var waiting = failed with { Status = AgentStatus.BackingOff, NextRestartAt = now + wait };
        return new Decision { Next = waiting, Actions = log.Add(ActionKind.BackingOff, waiting, word, why, backoff: wait).Actions };
    }

    private static (TimeSpan Wait, string Why) Backoff(Backoff backoff, int failures, double random, string what = "failure")
    {
        var plain = backoff.DelayBeforeJitter(failures);
        var wait = backoff.Delay(failures, random);
        return (wait, plain <= TimeSpan.Zero
            ? $"{what} {failures}: at once"
            : $"{what} {failures}: {ActionLog.Say(backoff.Base)} x {backoff.Factor:0.##}^{failures - 1}, at most {ActionLog.Say(backoff.Max)}, "
                + $"is {ActionLog.Say(plain)}; with jitter {ActionLog.Say(wait)}");
    }

    private static Decision Quarantine(HealthState failed, ActionLog log, string reason, string details)
    {
        var quarantined = failed with { Status = AgentStatus.Quarantined };
        return new Decision { Next = quarantined, Actions = log.Add(ActionKind.Quarantined, quarantined, reason, details).Actions };
    }

    /// <summary>A restart is a new promise: the next incarnation with its start-up deadline, written before anybody is told to start it.</summary>
    private static Decision Grant(
        AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances, ActionLog log, string reason, string why)
    {
        var now = circumstances.Now;
        circumstances.Trace?.Saw(Rule.DefinitionGone, snapshot.Definition.Value is null, snapshot.Definition.Value is { } made ? $"it is made from {made.Kind}" : "there is no definition that can be read");
        if (snapshot.Definition.Value is null)
        {
            var message = snapshot.Definition.Fault is { } fault ? $"its definition cannot be read: {fault}" : "its definition is gone";
            var lost = state with { LastFailure = new(FailureReason.BadDefinition, message, now), Since = now, NextRestartAt = null, NextLookAt = null };
            return Quarantine(lost, log, FailureReason.BadDefinition.ToWord(), $"{message}; waits for a person");
        }

        if (circumstances.Maintenance is { } order)
        {
            return Hold(state, order, circumstances, log);
        }

        if (GroupGate(snapshot, state, now) is { } ofGroup)
        {
            circumstances.Trace?.Saw(Rule.GroupGate, fired: true, ofGroup.Why);
            return Held(state, ofGroup, circumstances, log, reason, why);
        }

        circumstances.Trace?.Saw(
            Rule.Gate, circumstances.Gate is not null,
            circumstances.Gate is { } closed ? $"{closed.Why}; it is asked again {DecisionTrace.When(closed.LookAgainAt, now)}" : "nothing that others fail of or wait for is in its way");
        if (circumstances.Gate is { } gate)
        {
            return Held(state, gate, circumstances, log, reason, why);
        }

        circumstances.Trace?.Saw(
            Rule.RestartLimit, circumstances.RestartTurn is { } due && due.At > now && !state.HasTurn,
            circumstances.RestartTurn is { } taken ? $"{taken.Limit}; its turn is {DecisionTrace.When(taken.At, now)}" : state.HasTurn ? "it has waited for its turn" : "no turn has to be waited for");
        if (circumstances.RestartTurn is { } turn && turn.At > now && !state.HasTurn)
        {
            var held = state with { Status = AgentStatus.BackingOff, Maintenance = null, Since = now, NextRestartAt = turn.At, NextLookAt = null, HasTurn = true };
            log.Add(ActionKind.BackingOff, held, "restart-limit", $"{why}; but {turn.Limit}: its turn is in {ActionLog.Say(turn.At - now)}", backoff: turn.At - now);
            return new Decision { Next = held, Actions = log.Actions };
        }

        var granted = state with
        {
            HasTurn = false,
            Hold = RestartHold.None,
            IsOnTrial = circumstances.IsTrial,
            Breaker = null,
            Maintenance = null,
            Status = AgentStatus.Restarting,
            Incarnation = Math.Max(state.Incarnation, circumstances.IncarnationFloor) + 1,
            TotalRestarts = state.TotalRestarts + 1,
            Since = now,
            NextRestartAt = null,
            NextLookAt = now + LookAgain,
        };
        var avoided = AvoidedHost(granted, circumstances);
        var elsewhere = avoided is null ? "" : $"; on another silo than {circumstances.SiloNames.GetValueOrDefault(avoided, avoided)}, where it failed {granted.FailuresThere} times in a row";
        log.Add(
            ActionKind.Restarting, granted, reason,
            $"{why}{elsewhere}; incarnation {granted.Incarnation} is granted and must be heard within {ActionLog.Say(policy.StartupGrace)}",
            backoff: TimeSpan.Zero);
        return new Decision { Next = granted, Actions = log.Actions, Order = BackendOrder.Start, NewDeadline = now + policy.StartupGrace, Avoid = avoided };
    }

    private sealed record Ending(AgentFailure Failure, bool HasReturned = false, TimeSpan? RetryAfter = null)
    {
        public DateTimeOffset? OnlyIfDeadlineAtMost { get; init; }
    }
}
