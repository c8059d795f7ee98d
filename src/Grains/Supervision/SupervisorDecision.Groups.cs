using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>
/// Agents that are restarted together, as in OTP. Each failure opens a round of its own, which stands in the state of the one that
/// failed; whoever belongs to the same restart and has a lower number is still to be stopped. So it follows from the states
/// alone what is left to be done, whichever supervisor looks.
/// </summary>
internal static partial class SupervisorDecision
{
    private static readonly TimeSpan LookAtGroupAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAtGroupAtLeast = TimeSpan.FromSeconds(10);

    /// <summary>What another member's failure means for an agent that has not failed itself; null when nothing.</summary>
    private static Decision? TogetherWithOthers(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances)
    {
        if (snapshot.Definition.Value?.Group is not { } group || snapshot.Siblings.Count == 0)
        {
            return null;
        }

        if (state is { Status: AgentStatus.BackingOff, FailedAt: not null } && GivenUpTogether(group, snapshot, state) is { } up)
        {
            return GiveUpWith(up, group, state, state.GroupRound, circumstances, BackendOrder.None);
        }

        var target = RoundOfOthers(group, snapshot);
        circumstances.Trace?.Saw(
            Rule.Group, target > state.GroupRound, $"its group '{group.Name}' is in round {Math.Max(target, state.GroupRound)}, and its incarnation is of round {state.GroupRound}");
        if (target <= state.GroupRound || state.Status is AgentStatus.Paused or AgentStatus.Completed or AgentStatus.Stopped
            || state is { Status: AgentStatus.Quarantined, Hold: not RestartHold.Group })
        {
            return null;
        }

        // Others that were given up with the one that failed are of the same round, and not the cause.
        var cause = Causes(group, snapshot).Where(s => s.Round > state.GroupRound).MaxBy(s => (IsGivenUp(s), s.Round))!;
        var log = new ActionLog(circumstances);
        var order = state.IsPromised ? BackendOrder.Stop : BackendOrder.None;
        if (state.Status is AgentStatus.Quarantined && Causes(group, snapshot).Any(IsGivenUp))
        {
            // It was given up with that one, and comes back with it.
            return null;
        }

        if (IsGivenUp(cause))
        {
            return GiveUpWith(cause, group, state, target, circumstances, order);
        }

        if (policy.Restart is RestartPolicy.Temporary)
        {
            var stopped = Joined(state, target, circumstances.Now) with { Status = AgentStatus.Stopped };
            log.Add(ActionKind.Stopped, stopped, "group", $"agent '{cause.Id}' of its group '{group.Name}' failed, and a temporary agent is not started again");
            return new Decision { Next = stopped, Actions = log.Actions, Order = order };
        }

        if (state is { Status: AgentStatus.BackingOff, Hold: not RestartHold.Group })
        {
            // It is down already, and waits for reasons of its own.
            return new Decision { Next = state with { GroupRound = target } };
        }

        var wasGivenUp = state.Status is AgentStatus.Quarantined;
        var waiting = Joined(state, target, circumstances.Now) with
        {
            Status = AgentStatus.BackingOff,
            NextRestartAt = circumstances.Now,
            Hold = RestartHold.Group,
            FailedAt = state.FailedAt ?? circumstances.Now,
            GroupFailures = wasGivenUp ? null : state.GroupFailures,
        };
        var what = wasGivenUp ? "was released, and it with it" : "failed, and it is started again with it";
        log.Add(ActionKind.BackingOff, waiting, "group", $"agent '{cause.Id}' of its group '{group.Name}' {what}", backoff: TimeSpan.Zero, host: snapshot.ClaimedBy);
        return new Decision { Next = waiting, Actions = log.Actions, Order = order };
    }

    /// <summary>A failure of a member: it opens a round, unless it was to be restarted with another's anyway.</summary>
    private static HealthState FailedInGroup(AgentSnapshot snapshot, HealthState failed, bool isFree, DateTimeOffset now)
    {
        if (snapshot.Definition.Value?.Group is not { } group)
        {
            return failed;
        }

        var target = RoundOfOthers(group, snapshot);
        return failed with
        {
            // One that was opened for it is enough, unless somebody whom this failure concerns is in a later one.
            GroupRound = snapshot.Siblings.Count == 0 ? failed.GroupRound
                : target > failed.GroupRound && target == snapshot.Siblings.Max(s => s.Round) ? target
                : NextRound(snapshot, failed),
            GroupFailures = isFree ? failed.GroupFailures : [.. Lately(group, failed.GroupFailures, now), now],
        };
    }

    /// <summary>What its group went through while it rested is no reason to stop it once it runs again.</summary>
    private static HealthState CaughtUp(AgentSnapshot snapshot, HealthState state) =>
        snapshot.Definition.Value?.Group is { } group && snapshot.Siblings.Count > 0
            ? state with { GroupRound = Math.Max(state.GroupRound, RoundOfOthers(group, snapshot)) }
            : state;

    /// <summary>A person's release of the one that the group was quarantined for brings the others back as well.</summary>
    private static HealthState ReleasedInGroup(AgentSnapshot snapshot, HealthState state) =>
        snapshot.Siblings.Count == 0 || state.Hold is RestartHold.Group
            ? state with { GroupFailures = null }
            : state with { GroupFailures = null, GroupRound = NextRound(snapshot, state) };

    /// <summary>How often the group failed within its period, with this failure.</summary>
    private static (int Failures, int Most, AgentGroup Group)? GroupLimit(AgentSnapshot snapshot, HealthState failed, DateTimeOffset now) =>
        snapshot.Definition.Value?.Group is { } group
            ? (snapshot.Siblings.SelectMany(s => Lately(group, s.Failures, now)).Concat(failed.GroupFailures ?? []).Count(),
                group.MaxRestarts ?? AgentGroup.DefaultMaxRestarts, group)
            : null;

    /// <summary>Whom of its group a restart has to wait for; null for nobody.</summary>
    private static RestartGate? GroupGate(AgentSnapshot snapshot, HealthState state, DateTimeOffset now)
    {
        if (snapshot.Definition.Value?.Group is not { } group || state.GroupRound == 0)
        {
            return null;
        }

        if (GivenUpTogether(group, snapshot, state) is { } up)
        {
            return Wait($"agent '{up.Id}' of its group was given up", now + LookAtGroupAgain);
        }

        var isForAll = group.Restart is GroupRestart.OneForAll;
        foreach (var other in snapshot.Siblings)
        {
            var isBefore = other.IsBefore(group.Order, state.AgentId);
            var isToStop = (isForAll || !isBefore) && other.Round < state.GroupRound
                && (other.IsOnItsWay || other.Status is AgentStatus.Healthy) && other.Hold is RestartHold.None;
            if (isToStop)
            {
                return Wait($"agent '{other.Id}' of its group is to be stopped first", now + LookAtGroupAgain);
            }

            if (other.Round == state.GroupRound && other is { Status: AgentStatus.BackingOff, Hold: not RestartHold.Group } && other.NextRestartAt > now && (isForAll || isBefore))
            {
                // When that is written anew, so that it is looked at then; for longer it is not relied on.
                var look = now + LookAtGroupAtLeast;
                return Wait($"agent '{other.Id}' of its group waits for its next start", other.NextRestartAt < look ? other.NextRestartAt.Value : look);
            }

            if (other.Round == state.GroupRound && isBefore && other.IsOnItsWay)
            {
                return Wait($"agent '{other.Id}' of its group is to be healthy first", now + LookAtGroupAgain);
            }
        }

        return null;

        static RestartGate Wait(string why, DateTimeOffset until) => new(RestartHold.Group, until, why);
    }

    private static Decision GiveUpWith(
        GroupMember cause, AgentGroup group, HealthState state, long round, Circumstances circumstances, BackendOrder order)
    {
        circumstances.Trace?.Saw(Rule.Group, fired: true, $"agent '{cause.Id}' of its group '{group.Name}' was given up in round {cause.Round}");
        var given = Joined(state, round, circumstances.Now) with { Hold = RestartHold.Group };
        return Quarantine(
            given, new ActionLog(circumstances), "group", $"agent '{cause.Id}' of its group '{group.Name}' was quarantined; it is released with it") with
        {
            Order = order,
        };
    }

    /// <summary>Who was given up in the same restart of the group; unless a person started this one since, whose order counts.</summary>
    private static GroupMember? GivenUpTogether(AgentGroup group, AgentSnapshot snapshot, HealthState state) => state.FailedAt is null
        ? null
        : Causes(group, snapshot).FirstOrDefault(s => IsGivenUp(s) && s.Round == state.GroupRound);

    private static bool IsGivenUp(GroupMember member) => member is { Status: AgentStatus.Quarantined, Hold: not RestartHold.Group };

    private static HealthState Joined(HealthState state, long round, DateTimeOffset now) =>
        state with { GroupRound = round, Since = now, NextRestartAt = null, NextLookAt = null, HasTurn = false };

    private static long RoundOfOthers(AgentGroup group, AgentSnapshot snapshot) => Causes(group, snapshot).Select(s => s.Round).DefaultIfEmpty().Max();

    /// <summary>Those that it is started again with when they fail.</summary>
    private static IEnumerable<GroupMember> Causes(AgentGroup group, AgentSnapshot snapshot) =>
        snapshot.Siblings.Where(s => group.Restart is GroupRestart.OneForAll || s.IsBefore(group.Order, snapshot.Id));

    private static long NextRound(AgentSnapshot snapshot, HealthState state) => Math.Max(state.GroupRound, snapshot.Siblings.Max(s => s.Round)) + 1;

    private static IEnumerable<DateTimeOffset> Lately(AgentGroup group, IReadOnlyList<DateTimeOffset>? failures, DateTimeOffset now)
    {
        var since = now - TimeSpan.FromSeconds(group.PeriodSeconds ?? AgentGroup.DefaultPeriodSeconds);

        // What lies ahead happened before the clock went back, nobody knows how long ago.
        return (failures ?? []).Where(f => f > since && f - now <= FutureTolerance).TakeLast(group.MaxRestarts ?? AgentGroup.DefaultMaxRestarts);
    }
}
