using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>What a person orders. Nothing else ever writes the desired state.</summary>
internal static partial class SupervisorDecision
{
    /// <summary>Decides on an order.</summary>
    /// <returns>A decision to commit, or the answer when there is nothing to commit.</returns>
    public static (Decision? Decision, CommandResult? Answer) Obey(
        AgentSnapshot snapshot, AgentCommand command, SupervisionPolicy policy, Circumstances circumstances)
    {
        if (snapshot.State.Value is not { } state)
        {
            return (null, CommandResult.NotFound(snapshot.Id.Value));
        }

        if (command.IfIncarnation is { } expected && expected != state.Incarnation)
        {
            return (null, CommandResult.OtherIncarnation(snapshot.Id, state.Incarnation, expected));
        }

        circumstances.Trace?.Saw(Rule.Order, fired: true, $"{command.Kind.ToWord()}, by {command.Actor}, of an agent that is {state.Status.ToWord()}");
        var log = new ActionLog(circumstances);
        var by = command.Reason is { Length: > 0 } reason ? $"by {command.Actor}: {reason}" : $"by {command.Actor}";
        return (command.Kind, state.Status) switch
        {
            (CommandKind.Remove, _) => (Remove(state, log, by), null),

            (CommandKind.Pause, AgentStatus.Paused) => PauseAgain(state, command, circumstances, log, by),
            (CommandKind.Pause, AgentStatus.Starting or AgentStatus.Healthy or AgentStatus.Restarting or AgentStatus.BackingOff)
                => (Pause(state, command, circumstances, log, by), null),

            (CommandKind.Resume, AgentStatus.Paused) when circumstances.Maintenance is { } order
                => ResumeHeld(state, order, command, circumstances, log, by),
            (CommandKind.Resume, AgentStatus.Paused)
                => (Run(snapshot, state, command, policy, circumstances, log.Add(ActionKind.Resumed, state, "resume", by), "resumed"), null),

            (CommandKind.Release, AgentStatus.Quarantined) => (Release(snapshot, state, command, policy, circumstances, log, by), null),

            (CommandKind.Restart, not (AgentStatus.Paused or AgentStatus.Quarantined))
                => (Run(snapshot, state, command, policy, circumstances, log, $"ordered {by}"), null),

            _ => (null, CommandResult.Conflict(Refusal(state, command.Kind))),
        };
    }

    private static Decision Remove(HealthState state, ActionLog log, string by)
    {
        log.Add(ActionKind.Removed, state, "remove", by);
        return new Decision { Next = null, Actions = log.Actions, Order = BackendOrder.Stop };
    }

    private static Decision Release(
        AgentSnapshot snapshot, HealthState state, AgentCommand command, SupervisionPolicy policy, Circumstances circumstances, ActionLog log, string by)
    {
        var forgiven = Forgiven(ReleasedInGroup(snapshot, state)) with { StartFrom = CheckpointChoice.Newest };
        log.Add(ActionKind.Released, forgiven, "release", $"{by}; {state.ConsecutiveFailures} failures in a row are forgotten");
        return Run(snapshot, forgiven, command, policy, circumstances, log, "released");
    }

    private static Decision Run(
        AgentSnapshot snapshot, HealthState state, AgentCommand command, SupervisionPolicy policy, Circumstances circumstances, ActionLog log, string why)
    {
        var wanted = CaughtUp(snapshot, state) with { Desired = Desire(DesiredMode.Run, command, circumstances), FailedAt = null };
        return Grant(snapshot, wanted, policy, circumstances, log, command.Kind.ToWord(), why);
    }

    private static DesiredState Desire(DesiredMode mode, AgentCommand command, Circumstances circumstances) => new()
    {
        Mode = mode,
        Actor = command.Actor,
        Reason = command.Reason,
        At = circumstances.Now,
        Until = mode is DesiredMode.Pause && command.For is { } span ? circumstances.Now + span : null,
    };

    private static string Refusal(HealthState state, CommandKind kind)
    {
        var status = state.Status.ToWord();
        return (kind, state.Status) switch
        {
            (CommandKind.Restart, AgentStatus.Paused) when state is { Maintenance: { } order, Desired.Mode: DesiredMode.Run } =>
                $"Agent '{state.AgentId}' rests with {Said(order)}; end that instead.",
            (CommandKind.Restart, AgentStatus.Paused) => $"Agent '{state.AgentId}' is paused; resume it instead.",
            (_, AgentStatus.Quarantined) => $"Agent '{state.AgentId}' is quarantined; release it first.",
            (CommandKind.Release, _) => $"Agent '{state.AgentId}' is {status}; only a quarantined agent can be released.",
            (CommandKind.Resume, _) => $"Agent '{state.AgentId}' is {status}; only a paused agent can be resumed.",
            (CommandKind.Pause, _) => $"Agent '{state.AgentId}' is {status}; there is nothing to pause.",
            _ => $"Agent '{state.AgentId}' is {status}; it cannot be told to {kind.ToWord()} now.",
        };
    }
}
